package io.covey.models.graph;

import io.covey.models.graph.EntryPoint.NamedTensor;
import io.covey.models.graph.ModelException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.QuantizationParameters;
import org.tensorflow.lite.schema.SignatureDef;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.TensorMap;

/**
 * Reads the structure of a {@code .tflite} file in Java, before native code sees it. Whatever the
 * bytes are, it ends in a {@link ModelGraph} or a {@link ModelException}, after work and memory in
 * proportion to the file.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class GraphReader {

  private static final int SCHEMA_VERSION = 3;
  private static final int HEADER_BYTES = 8;
  private static final int IDENTIFIER_OFFSET = 4;
  private static final byte[] IDENTIFIER = {'T', 'F', 'L', '3'};

  private final ModelLimits limits;
  private final ByteBuffer file;
  private final Model model;
  private final ReadingBudget budget;
  private final OptionsReader options;

  /** By position, so that tensors with the same buffer go on sharing it. */
  private final Map<Integer, Constant> constants = new HashMap<>();

  /** Tensors and operators read so far. */
  private int nodes;

  private GraphReader(ByteBuffer file, ModelLimits limits) {
    this.file = file;
    this.model = Model.getRootAsModel(file.duplicate().order(ByteOrder.LITTLE_ENDIAN));
    this.limits = limits;
    this.budget = new ReadingBudget(file.capacity());
    this.options = new OptionsReader(budget);
  }

  /**
   * Reads {@code file}.
   *
   * @throws ModelException when it is damaged or exceeds the limits
   */
  static ModelGraph read(byte[] file, ModelLimits limits) {
    if (file.length > limits.fileBytes()) {
      throw new ModelException(
          Reason.TOO_LARGE,
          "the model has "
              + file.length
              + " bytes, but at most "
              + limits.fileBytes()
              + " are allowed");
    }
    requireIdentifier(file);
    ByteBuffer buffer = ByteBuffer.wrap(file).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    try {
      FieldCheck.check(buffer);
      return new GraphReader(buffer, limits).read();
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | NegativeArraySizeException e) {
      // The generated accessors check nothing themselves; the buffer's own bounds stop them.
      throw damaged("an offset or a string leads out of the file or is malformed", e);
    }
  }

  private static void requireIdentifier(byte[] file) {
    boolean matches = file.length >= HEADER_BYTES;
    for (int i = 0; matches && i < IDENTIFIER.length; i++) {
      matches = file[IDENTIFIER_OFFSET + i] == IDENTIFIER[i];
    }
    if (!matches) {
      throw new ModelException(
          Reason.DAMAGED,
          "the "
              + file.length
              + " bytes are no .tflite file: the identifier TFL3 is missing; give a model that"
              + " TensorFlow's converter wrote");
    }
  }

  private ModelGraph read() {
    if (model.version() != SCHEMA_VERSION) {
      throw damaged("schema version " + model.version() + " is not " + SCHEMA_VERSION, null);
    }
    if (model.metadataBufferLength() > 0) {
      throw new ModelException(
          Reason.UNSUPPORTED_FORMAT,
          "the file keeps metadata in the form before 2020 (metadata_buffer), which would be lost;"
              + " convert the model again");
    }
    List<Subgraph> subgraphs =
        budget.list(model.subgraphsLength(), i -> subgraph(model.subgraphs(i)));
    if (subgraphs.isEmpty()) {
      throw damaged("the model has no subgraph", null);
    }
    return new ModelGraph(
        subgraphs,
        budget.list(model.signatureDefsLength(), i -> entryPoint(model.signatureDefs(i))),
        name(model.description()),
        budget.list(model.metadataLength(), i -> metadata(model.metadata(i))));
  }

  private Metadata metadata(org.tensorflow.lite.schema.Metadata entry) {
    Constant value = constant(entry.buffer(), "metadata '" + name(entry.name()) + "'");
    return new Metadata(name(entry.name()), value == null ? Constant.ofBytes() : value);
  }

  private Subgraph subgraph(SubGraph graph) {
    nodes = Math.addExact(nodes, Math.addExact(graph.tensorsLength(), graph.operatorsLength()));
    if (nodes > limits.nodes()) {
      throw new ModelException(
          Reason.TOO_LARGE, "the model has more than " + limits.nodes() + " tensors and operators");
    }
    return new Subgraph(
        name(graph.name()),
        budget.list(graph.tensorsLength(), i -> tensor(graph.tensors(i))),
        budget.ints(graph.inputsLength(), graph::inputs),
        budget.ints(graph.outputsLength(), graph::outputs),
        budget.list(graph.operatorsLength(), i -> operator(graph.operators(i))));
  }

  private GraphTensor tensor(org.tensorflow.lite.schema.Tensor tensor) {
    List<Integer> nominalShape = budget.ints(tensor.shapeLength(), tensor::shape);
    List<Integer> shape =
        tensor.shapeSignatureLength() > 0
            ? budget.ints(tensor.shapeSignatureLength(), tensor::shapeSignature)
            : nominalShape;
    String name = name(tensor.name());
    if (tensor.variantTensorsLength() > 0) {
      throw new ModelException(
          Reason.UNSUPPORTED_TYPE,
          "tensor '"
              + name
              + "' holds lists of tensors, which Covey does not run; export the model"
              + " without tensor lists");
    }
    return new GraphTensor(
        name,
        TensorType.ofCode(tensor.type())
            .orElseThrow(
                () -> damaged("tensor '" + name + "' has the unknown type " + tensor.type(), null)),
        shape,
        nominalShape,
        constant(tensor.buffer(), "tensor '" + name + "'"),
        tensor.isVariable(),
        tensor.hasRank(),
        tensor.sparsity() != null,
        quantization(tensor.quantization()));
  }

  private @Nullable Constant constant(long buffer, String owner) {
    if (buffer >= model.buffersLength()) {
      throw damaged(owner + " has buffer " + buffer + " of " + model.buffersLength(), null);
    }
    return constants.computeIfAbsent((int) buffer, this::view);
  }

  /** A view of the file, checked to lie inside, or null for an empty buffer. */
  private @Nullable Constant view(int index) {
    Buffer buffer = model.buffers(index);
    int length = buffer.dataLength();
    if (length == 0) {
      return null;
    }
    ByteBuffer data = buffer.dataAsByteBuffer();
    if (length < 0 || data.remaining() != length) {
      throw damaged("buffer " + index + " has " + length + " bytes", null);
    }
    return Constant.viewOf(file.duplicate().position(data.position()).limit(data.limit()));
  }

  private @Nullable Quantization quantization(@Nullable QuantizationParameters parameters) {
    if (parameters == null
        || parameters.scaleLength() + parameters.minLength() + parameters.maxLength() == 0) {
      return null;
    }
    return new Quantization(
        budget.list(parameters.scaleLength(), parameters::scale),
        budget.list(parameters.zeroPointLength(), parameters::zeroPoint),
        parameters.quantizedDimension(),
        budget.list(parameters.minLength(), parameters::min),
        budget.list(parameters.maxLength(), parameters::max),
        parameters.detailsType() != 0);
  }

  private GraphOperator operator(Operator operator) {
    long index = operator.opcodeIndex();
    if (index >= model.operatorCodesLength()) {
      throw damaged("an operator has code " + index + " of " + model.operatorCodesLength(), null);
    }
    OperatorCode opcode = model.operatorCodes((int) index);
    // Codes up to 127 stand in the old field, in the new one, or in both; larger ones only in the
    // new one.
    Builtin code = builtin(Math.max(opcode.builtinCode(), opcode.deprecatedBuiltinCode()));
    boolean isCustom = code == Builtin.CUSTOM;
    return new GraphOperator(
        code,
        isCustom ? name(opcode.customCode()) : null,
        Math.max(opcode.version(), 1),
        budget.ints(operator.inputsLength(), operator::inputs),
        budget.ints(operator.outputsLength(), operator::outputs),
        isCustom ? custom(operator) : requireTarget(code, options.read(operator)),
        budget.ints(operator.intermediatesLength(), operator::intermediates),
        budget.list(operator.mutatingVariableInputsLength(), operator::mutatingVariableInputs));
  }

  /** Operators that call a subgraph or name a variable must say which. */
  private static OperatorOptions requireTarget(Builtin code, OperatorOptions options) {
    boolean fits =
        switch (code) {
          case CALL_ONCE -> options instanceof OperatorOptions.CallOnce;
          case IF -> options instanceof OperatorOptions.If;
          case VAR_HANDLE -> options instanceof OperatorOptions.VarHandle;
          default -> true;
        };
    if (!fits) {
      throw damaged(code + " does not say which subgraph or variable it is about");
    }
    return options;
  }

  private static Builtin builtin(int code) {
    return Builtin.ofCode(code)
        .orElseThrow(
            () ->
                new ModelException(
                    Reason.UNSUPPORTED_OPERATOR,
                    "the model has operator "
                        + code
                        + ", which this runtime does not run: it came after the version of the file"
                        + " format that Covey reads; export the model with an older converter"));
  }

  private OperatorOptions custom(Operator operator) {
    budget.charge(operator.customOptionsLength());
    byte[] settings = new byte[operator.customOptionsLength()];
    for (int i = 0; i < settings.length; i++) {
      settings[i] = (byte) operator.customOptions(i);
    }
    return new OperatorOptions.Custom(Constant.ofBytes(settings));
  }

  private EntryPoint entryPoint(SignatureDef signature) {
    return new EntryPoint(
        name(signature.signatureKey()),
        Math.toIntExact(Math.min(signature.subgraphIndex(), Integer.MAX_VALUE)),
        budget.list(signature.inputsLength(), i -> named(signature.inputs(i))),
        budget.list(signature.outputsLength(), i -> named(signature.outputs(i))));
  }

  private static NamedTensor named(TensorMap map) {
    return new NamedTensor(
        name(map.name()), Math.toIntExact(Math.min(map.tensorIndex(), Integer.MAX_VALUE)));
  }

  /** A string of the file, empty when it is left out. */
  static String name(@Nullable String name) {
    return name == null ? "" : name;
  }

  /** A refusal of a damaged file. */
  static ModelException damaged(String what) {
    return damaged(what, null);
  }

  private static ModelException damaged(String what, @Nullable Throwable cause) {
    String message = "the .tflite file is damaged: " + what + "; fetch or export it again";
    return cause == null
        ? new ModelException(Reason.DAMAGED, message)
        : new ModelException(Reason.DAMAGED, message, cause);
  }
}
