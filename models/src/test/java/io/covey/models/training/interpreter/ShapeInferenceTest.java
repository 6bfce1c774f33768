package io.covey.models.training.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.DeadOperators;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import io.covey.models.runtime.NativeShapes;
import io.covey.models.shape.ShapeInference;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shapes that are worked out from definitions are those that the native kernels give. */
class ShapeInferenceTest {

  private static final int GRAPHS = 150;
  private static final long SEED = 8_000;

  /** Has the second version of SQRT, which the runtime does not know. */
  private static final Path UNKNOWN_TO_THE_RUNTIME =
      Path.of("op-exponentials", "stock-full-int8.tflite");

  static List<Path> files() throws IOException {
    Stream.Builder<Path> files = Stream.builder();
    for (Path fixture : Fixture.directories()) {
      try (Stream<Path> found = Files.list(fixture)) {
        found
            .filter(file -> file.toString().endsWith(".tflite"))
            .filter(file -> !file.endsWith(UNKNOWN_TO_THE_RUNTIME))
            .forEach(files);
      }
    }
    return files.build().sorted().toList();
  }

  static List<OperatorCase> cases() {
    return OperatorGradientTest.cases();
  }

  @ParameterizedTest
  @MethodSource("files")
  void shapesInFilesAreTheKernels(Path file) throws IOException {
    compare(ModelGraph.readChecked(Files.readAllBytes(file), ModelLimits.DEFAULT));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shapesAroundAnOperatorAreTheKernels(OperatorCase operatorCase) {
    GraphSketch sketch = operatorCase.sketch();
    compare(sketch.giving(operatorCase.result(sketch)));
  }

  @Test
  void shapesInRandomGraphsAreTheKernels() {
    System.out.println("shapes of random graphs: " + GRAPHS + " seeds from " + SEED);
    for (long seed = SEED; seed < SEED + GRAPHS; seed++) {
      RandomGraph graph = RandomGraph.of(seed);
      compare(graph.sketch().giving(graph.output()));
    }
  }

  private static void compare(ModelGraph graph) {
    Subgraph main = DeadOperators.removedFrom(graph.main());
    ModelGraph alive = graph.withMain(main);
    for (int batch : new int[] {1, 2, 3}) {
      List<List<Integer>> expected = NativeShapes.shapes(alive, batch);
      List<List<Integer>> actual = ShapeInference.shapes(main, List.of(sized(main, batch)), i -> i);
      for (int i = 0; i < expected.size(); i++) {
        GraphTensor tensor = main.tensor(i);
        assertThat(actual.get(i))
            .as("tensor %d '%s' in a batch of %d", i, tensor.name(), batch)
            .isEqualTo(expected.get(i));
      }
    }
  }

  private static List<Integer> sized(Subgraph main, int batch) {
    return main.tensor(main.inputs().get(0)).shape().stream()
        .map(size -> size == GraphTensor.ANY ? batch : size)
        .toList();
  }

  /** Each of them is far from the bound of one. */
  @Test
  void manyTensorsThatAreAliveAtATimeAreRefusedAndAsManyOneAfterAnotherAreNot() {
    int results = 100;
    List<Integer> sixteenMebibytes = List.of(1 << 16, 64);
    GraphSketch wide = new GraphSketch(2, 1, List.of(64));
    int[] all = new int[results];
    Arrays.setAll(all, i -> wide.op(Builtin.EXP, wide.x()));
    Subgraph together = wide.giving(wide.op(Builtin.ADD_N, all)).main();
    assertThatThrownBy(() -> ShapeInference.shapes(together, List.of(sixteenMebibytes), i -> i))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(((results + 2L) << 24) + " bytes at a time");

    GraphSketch deep = new GraphSketch(2, 1, List.of(64));
    int last = deep.x();
    for (int i = 0; i < results; i++) {
      last = deep.op(Builtin.EXP, last);
    }
    Subgraph chain = deep.giving(last).main();
    assertThat(ShapeInference.shapes(chain, List.of(sixteenMebibytes), i -> i)).isNotEmpty();
  }
}
