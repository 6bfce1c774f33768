package io.covey.models.graph;

import com.google.flatbuffers.FlatBufferBuilder;
import io.covey.models.graph.EntryPoint.NamedTensor;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.CustomOptionsFormat;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.QuantizationParameters;
import org.tensorflow.lite.schema.SignatureDef;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.Tensor;
import org.tensorflow.lite.schema.TensorMap;

/**
 * Writes a {@code .tflite} file: identifier {@code TFL3}, no size prefix, an empty buffer first,
 * every other buffer aligned to 16 bytes, as the native kernels want weights, and each {@link
 * Constant} stored once. The same graph always gives the same bytes, and with other numbers in its
 * constants bytes of the same length, in the same places.
 *
 * <p>Flatbuffers are written from the end, children first.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class GraphWriter {

  private static final int SCHEMA_VERSION = 3;
  private static final String IDENTIFIER = "TFL3";
  private static final int BUFFER_ALIGNMENT_BYTES = 16;

  /** Codes beyond this one stand only in the newer of the two fields for them. */
  private static final int LARGEST_OLD_CODE = 127;

  /** What a tensor or operator takes besides constants, as a rule; only a guess to start with. */
  private static final int BYTES_PER_NODE = 160;

  private final ModelGraph graph;
  private final FlatBufferBuilder file;
  private final OptionsWriter options;
  private final IdentityHashMap<Constant, Integer> buffers = new IdentityHashMap<>();

  /** In the order in which they are written: the file follows from the graph alone. */
  private final List<Constant> constants = new ArrayList<>();

  private final Map<OperatorKey, Integer> operatorCodes = new LinkedHashMap<>();

  /** Strings and lists of numbers that stand in the file already; many tensors share a shape. */
  private final Map<Object, Integer> written = new HashMap<>();

  private final Map<OperatorOptions, OptionsWriter.Written> writtenSettings = new HashMap<>();

  /** What makes an entry of the file's list of operator codes. */
  private record OperatorKey(Builtin code, @Nullable String customName, int version) {}

  private GraphWriter(ModelGraph graph) {
    this.graph = graph;
    this.file = new FlatBufferBuilder(expectedBytes(graph));
    this.options = new OptionsWriter(file);
  }

  /** Writes {@code graph}. */
  static byte[] write(ModelGraph graph) {
    try {
      return new GraphWriter(graph).write();
    } catch (AssertionError | ArithmeticException | NegativeArraySizeException e) {
      // Flatbuffers cannot grow beyond 2 GiB, and says so by an assertion.
      throw new ModelException(
          Reason.TOO_LARGE, "the model does not fit into one file of 2 GiB", e);
    }
  }

  /** Large enough for all constants, so that the file is not copied as it grows. */
  private static int expectedBytes(ModelGraph graph) {
    IdentityHashMap<Constant, Boolean> seen = new IdentityHashMap<>();
    long bytes = 1024;
    for (Subgraph subgraph : graph.subgraphs()) {
      bytes += (long) BYTES_PER_NODE * (subgraph.tensors().size() + subgraph.operators().size());
      for (GraphTensor tensor : subgraph.tensors()) {
        if (tensor.value() != null && seen.put(tensor.value(), true) == null) {
          bytes += tensor.constantBytes() + BUFFER_ALIGNMENT_BYTES;
        }
      }
    }
    return Math.toIntExact(bytes);
  }

  private byte[] write() {
    int[] bufferTables = writeBuffers();
    int bufferVector = Model.createBuffersVector(file, bufferTables);
    int subgraphs = Model.createSubgraphsVector(file, offsets(graph.subgraphs(), this::subgraph));
    int signatures =
        Model.createSignatureDefsVector(file, offsets(graph.signatures(), this::signature));
    int metadata = Model.createMetadataVector(file, offsets(graph.metadata(), this::metadata));
    int description = string(graph.description());
    int codes =
        Model.createOperatorCodesVector(
            file, offsets(List.copyOf(operatorCodes.keySet()), this::operatorCode));
    Model.startModel(file);
    Model.addVersion(file, SCHEMA_VERSION);
    Model.addOperatorCodes(file, codes);
    Model.addSubgraphs(file, subgraphs);
    Model.addDescription(file, description);
    Model.addBuffers(file, bufferVector);
    Model.addMetadata(file, metadata);
    if (!graph.signatures().isEmpty()) {
      Model.addSignatureDefs(file, signatures);
    }
    file.finish(Model.endModel(file), IDENTIFIER);
    return file.sizedByteArray();
  }

  /** Numbers all constants, the empty buffer first, and writes them. */
  private int[] writeBuffers() {
    graph.subgraphs().forEach(s -> s.tensors().forEach(tensor -> number(tensor.value())));
    graph.metadata().forEach(entry -> number(entry.value()));
    int[] tables = new int[constants.size() + 1];
    for (int i = 0; i < constants.size(); i++) {
      tables[i + 1] = buffer(constants.get(i));
    }
    Buffer.startBuffer(file);
    tables[0] = Buffer.endBuffer(file);
    return tables;
  }

  private void number(@Nullable Constant constant) {
    if (constant != null && buffers.putIfAbsent(constant, constants.size() + 1) == null) {
      constants.add(constant);
    }
  }

  private int buffer(Constant constant) {
    ByteBuffer bytes = constant.bytes();
    ByteBuffer space =
        file.createUnintializedVector(Byte.BYTES, bytes.remaining(), BUFFER_ALIGNMENT_BYTES);
    space.put(bytes);
    return Buffer.createBuffer(file, file.endVector());
  }

  private int subgraph(Subgraph subgraph) {
    int tensors = SubGraph.createTensorsVector(file, offsets(subgraph.tensors(), this::tensor));
    int operators =
        SubGraph.createOperatorsVector(file, offsets(subgraph.operators(), this::operator));
    int inputs = SubGraph.createInputsVector(file, ints(subgraph.inputs()));
    int outputs = SubGraph.createOutputsVector(file, ints(subgraph.outputs()));
    int name = string(subgraph.name());
    return SubGraph.createSubGraph(file, tensors, inputs, outputs, operators, name);
  }

  private int tensor(GraphTensor tensor) {
    if (tensor.isSparse()) {
      throw new ModelException(
          Reason.UNSUPPORTED_FORMAT,
          "tensor '"
              + tensor.name()
              + "' is sparse, which would be lost; export the model with dense weights");
    }
    int name = tensor.name().isEmpty() ? 0 : string(tensor.name());
    int shape = vector(tensor.nominalShape());
    boolean hasSignature = !tensor.shape().equals(tensor.nominalShape());
    int signature = hasSignature ? vector(tensor.shape()) : 0;
    int quantization = quantization(tensor);
    Tensor.startTensor(file);
    Tensor.addShape(file, shape);
    Tensor.addType(file, tensor.type().code());
    Constant value = tensor.value();
    Tensor.addBuffer(file, value == null ? 0 : buffers.getOrDefault(value, 0));
    if (name != 0) {
      Tensor.addName(file, name);
    }
    if (quantization != 0) {
      Tensor.addQuantization(file, quantization);
    }
    Tensor.addIsVariable(file, tensor.isVariable());
    if (hasSignature) {
      Tensor.addShapeSignature(file, signature);
    }
    Tensor.addHasRank(file, tensor.hasRank());
    return Tensor.endTensor(file);
  }

  private int string(String text) {
    Integer known = written.get(text);
    if (known == null) {
      known = file.createString(text);
      written.put(text, known);
    }
    return known;
  }

  private int vector(List<Integer> numbers) {
    Integer known = written.get(numbers);
    if (known == null) {
      known = Tensor.createShapeVector(file, ints(numbers));
      written.put(numbers, known);
    }
    return known;
  }

  private int quantization(GraphTensor tensor) {
    Quantization quantization = tensor.quantization();
    if (quantization == null) {
      return 0;
    }
    if (quantization.isCustom()) {
      throw new ModelException(
          Reason.UNSUPPORTED_FORMAT,
          "tensor '" + tensor.name() + "' is quantized in a form of its own, which would be lost");
    }
    int smallest = QuantizationParameters.createMinVector(file, floats(quantization.smallest()));
    int largest = QuantizationParameters.createMaxVector(file, floats(quantization.largest()));
    int scales = QuantizationParameters.createScaleVector(file, floats(quantization.scales()));
    long[] zeros = quantization.zeroPoints().stream().mapToLong(Long::longValue).toArray();
    int zeroPoints = QuantizationParameters.createZeroPointVector(file, zeros);
    QuantizationParameters.startQuantizationParameters(file);
    QuantizationParameters.addMin(file, smallest);
    QuantizationParameters.addMax(file, largest);
    QuantizationParameters.addScale(file, scales);
    QuantizationParameters.addZeroPoint(file, zeroPoints);
    QuantizationParameters.addQuantizedDimension(file, quantization.dimension());
    return QuantizationParameters.endQuantizationParameters(file);
  }

  private int operator(GraphOperator operator) {
    OperatorKey key = new OperatorKey(operator.code(), operator.customName(), operator.version());
    int code = operatorCodes.computeIfAbsent(key, k -> operatorCodes.size());
    OptionsWriter.Written written = settings(operator.options());
    int custom =
        operator.options() instanceof OperatorOptions.Custom settings
            ? Operator.createCustomOptionsVector(file, settings.value().bytes())
            : 0;
    int inputs = vector(operator.inputs());
    int outputs = vector(operator.outputs());
    int mutated =
        operator.mutatedInputs().isEmpty()
            ? 0
            : Operator.createMutatingVariableInputsVector(file, booleans(operator.mutatedInputs()));
    int intermediates =
        operator.intermediates().isEmpty()
            ? 0
            : Operator.createIntermediatesVector(file, ints(operator.intermediates()));
    return Operator.createOperator(
        file,
        code,
        inputs,
        outputs,
        written.kind(),
        written.offset(),
        custom,
        CustomOptionsFormat.FLEXBUFFERS,
        mutated,
        intermediates);
  }

  /** Equal settings stand in the file once. */
  private OptionsWriter.Written settings(OperatorOptions settings) {
    OptionsWriter.Written known = writtenSettings.get(settings);
    if (known == null) {
      known = options.write(settings);
      writtenSettings.put(settings, known);
    }
    return known;
  }

  private int operatorCode(OperatorKey key) {
    int custom = key.customName() == null ? 0 : string(key.customName());
    int code = key.code().code();
    return OperatorCode.createOperatorCode(
        file, (byte) Math.min(code, LARGEST_OLD_CODE), custom, key.version(), code);
  }

  private int signature(EntryPoint entry) {
    int inputs = SignatureDef.createInputsVector(file, offsets(entry.inputs(), this::named));
    int outputs = SignatureDef.createOutputsVector(file, offsets(entry.outputs(), this::named));
    int key = string(entry.key());
    return SignatureDef.createSignatureDef(file, inputs, outputs, key, entry.subgraph());
  }

  private int named(NamedTensor tensor) {
    return TensorMap.createTensorMap(file, string(tensor.name()), tensor.tensor());
  }

  private int metadata(Metadata entry) {
    int name = string(entry.name());
    return org.tensorflow.lite.schema.Metadata.createMetadata(
        file, name, buffers.getOrDefault(entry.value(), 0));
  }

  private static <T> int[] offsets(List<T> elements, ToIntFunction<T> write) {
    return elements.stream().mapToInt(write).toArray();
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static boolean[] booleans(List<Boolean> values) {
    boolean[] array = new boolean[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  private static float[] floats(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
