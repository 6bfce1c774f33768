package io.covey.models.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading and writing an untouched model gives one that behaves identically. */
class RoundTripTest {

  private static final long SEED = 20_261_126;
  private static final Path RESOURCES = Path.of("src/test/resources/io/covey/models");

  static Stream<Path> files() throws IOException {
    try (Stream<Path> found = Files.walk(RESOURCES)) {
      return found.filter(path -> path.toString().endsWith(".tflite")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void graphReadFromWrittenFileIsTheSame(Path file) throws IOException {
    ModelGraph graph = ModelGraph.read(Files.readAllBytes(file), ModelLimits.DEFAULT);
    ModelGraph again = ModelGraph.read(graph.write(), ModelLimits.DEFAULT);
    assertThat(described(again)).isEqualTo(described(graph));
  }

  /** Devices come from one version to the next by the difference of files of one length. */
  @ParameterizedTest
  @MethodSource("files")
  void theSameGraphIsWrittenAsTheSameBytes(Path file) throws IOException {
    byte[] original = Files.readAllBytes(file);
    byte[] first = ModelGraph.read(original, ModelLimits.DEFAULT).write();
    for (int i = 0; i < 3; i++) {
      assertThat(ModelGraph.read(original, ModelLimits.DEFAULT).write()).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void constantsAreAlignedToSixteenBytes(Path file) throws IOException {
    byte[] written = ModelGraph.read(Files.readAllBytes(file), ModelLimits.DEFAULT).write();
    List<Integer> positions = BufferPositions.of(written);
    assertThat(positions).isNotEmpty().allMatch(position -> position % 16 == 0);
  }

  @ParameterizedTest
  @MethodSource("files")
  void rewrittenModelGivesTheSameBytesOut(Path file) throws IOException {
    byte[] original = Files.readAllBytes(file);
    ModelGraph graph = ModelGraph.read(original, ModelLimits.DEFAULT);
    try {
      graph.check(ModelLimits.DEFAULT);
    } catch (ModelException refused) {
      // What the runtime refuses cannot be compared; that it can be written is tested above.
      return;
    }
    assertThat(outputs(graph.write())).isEqualTo(outputs(original));
  }

  /** All of a graph but the identity of its constants, which are compared by their bytes. */
  private static List<String> described(ModelGraph graph) {
    List<String> lines = new ArrayList<>();
    lines.add(graph.description() + graph.signatures());
    graph.metadata().forEach(entry -> lines.add(entry.name() + " " + entry.value().bytes()));
    for (Subgraph subgraph : graph.subgraphs()) {
      lines.add(subgraph.name() + subgraph.inputs() + subgraph.outputs());
      for (GraphTensor tensor : subgraph.tensors()) {
        Constant value = tensor.value();
        lines.add(tensor.valued(null) + " " + (value == null ? "" : hex(value.bytes())));
      }
      for (GraphOperator operator : subgraph.operators()) {
        lines.add(
            operator.options() instanceof OperatorOptions.Custom custom
                ? operator.name() + hex(custom.value().bytes())
                : operator.toString());
      }
    }
    return lines;
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return HexFormat.of().formatHex(copy);
  }

  /** What every signature gives for the same inputs, or why it gives nothing. */
  private static Map<String, Object> outputs(byte[] file) {
    Map<String, Object> outputs = new HashMap<>();
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file)) {
      model
          .signatures()
          .forEach(
              signature -> {
                try (InferenceSession session = model.openInference(signature.name())) {
                  Map<String, Tensor> inputs = new HashMap<>();
                  signature.inputs().forEach(spec -> inputs.put(spec.name(), example(spec)));
                  session
                      .run(inputs)
                      .forEach(
                          (name, t) -> outputs.put(signature.name() + "." + name, hex(t.bytes())));
                } catch (ModelException e) {
                  outputs.put(signature.name(), e.getMessage());
                }
              });
    } catch (ModelException e) {
      outputs.put("load", e.getMessage());
    }
    return outputs;
  }

  private static Tensor example(TensorSpec spec) {
    List<Integer> shape = spec.shape().stream().map(size -> size < 0 ? 2 : size).toList();
    int elements = shape.stream().reduce(1, Math::multiplyExact);
    ByteBuffer bytes =
        ByteBuffer.allocate(elements * spec.type().sizeBytes()).order(ByteOrder.nativeOrder());
    Random random = new Random(SEED);
    switch (spec.type()) {
      case FLOAT32 -> random.doubles(elements).forEach(value -> bytes.putFloat((float) value));
      default -> {}
    }
    return Tensor.of(spec.type(), shape, bytes.clear());
  }
}
