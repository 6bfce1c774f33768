package io.covey.models.runtime;

import io.covey.models.runtime.ModelException.Reason;
import io.covey.models.runtime.ModelGraph.EntryPoint;
import io.covey.models.runtime.ModelGraph.GraphOperator;
import io.covey.models.runtime.ModelGraph.GraphTensor;
import io.covey.models.runtime.ModelGraph.NamedTensor;
import io.covey.models.runtime.ModelGraph.Quantization;
import io.covey.models.runtime.ModelGraph.Subgraph;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.CallOnceOptions;
import org.tensorflow.lite.schema.IfOptions;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.QuantizationParameters;
import org.tensorflow.lite.schema.SignatureDef;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.TensorMap;
import org.tensorflow.lite.schema.VarHandleOptions;

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
  private final Model model;

  /**
   * What may still be read. Vectors of a hostile file may overlap; honest ones take at least a byte
   * for each element.
   */
  private long budget;

  /** Tensors and operators read so far. */
  private int nodes;

  private GraphReader(Model model, ModelLimits limits, long budget) {
    this.model = model;
    this.limits = limits;
    this.budget = budget;
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
    ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).asReadOnlyBuffer();
    requireIdentifier(file);
    try {
      Model model = Model.getRootAsModel(buffer.order(ByteOrder.LITTLE_ENDIAN));
      return new GraphReader(model, limits, file.length).read();
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
    List<Subgraph> subgraphs = list(model.subgraphsLength(), i -> subgraph(model.subgraphs(i)));
    if (subgraphs.isEmpty()) {
      throw damaged("the model has no subgraph", null);
    }
    return new ModelGraph(
        subgraphs, list(model.signatureDefsLength(), i -> entryPoint(model.signatureDefs(i))));
  }

  private Subgraph subgraph(SubGraph graph) {
    nodes = Math.addExact(nodes, Math.addExact(graph.tensorsLength(), graph.operatorsLength()));
    if (nodes > limits.nodes()) {
      throw new ModelException(
          Reason.TOO_LARGE, "the model has more than " + limits.nodes() + " tensors and operators");
    }
    return new Subgraph(
        list(graph.tensorsLength(), i -> tensor(graph.tensors(i))),
        ints(graph.inputsLength(), graph::inputs),
        ints(graph.outputsLength(), graph::outputs),
        list(graph.operatorsLength(), i -> operator(graph.operators(i))));
  }

  private GraphTensor tensor(org.tensorflow.lite.schema.Tensor tensor) {
    List<Integer> nominalShape = ints(tensor.shapeLength(), tensor::shape);
    boolean hasSignature = tensor.shapeSignatureLength() > 0;
    List<Integer> shape =
        hasSignature ? ints(tensor.shapeSignatureLength(), tensor::shapeSignature) : nominalShape;
    long buffer = tensor.buffer();
    if (buffer >= model.buffersLength()) {
      throw damaged(
          "tensor '"
              + name(tensor.name())
              + "' has buffer "
              + buffer
              + " of "
              + model.buffersLength(),
          null);
    }
    return new GraphTensor(
        name(tensor.name()),
        tensor.type(),
        shape,
        nominalShape,
        model.buffers((int) buffer).dataLength(),
        tensor.isVariable(),
        tensor.sparsity() != null,
        quantization(tensor.quantization()));
  }

  private @Nullable Quantization quantization(@Nullable QuantizationParameters parameters) {
    if (parameters == null || parameters.scaleLength() == 0) {
      return null;
    }
    return new Quantization(
        list(parameters.scaleLength(), parameters::scale),
        list(parameters.zeroPointLength(), parameters::zeroPoint),
        parameters.quantizedDimension(),
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
    int code = Math.max(opcode.builtinCode(), opcode.deprecatedBuiltinCode());
    return new GraphOperator(
        code,
        code == BuiltinOperator.CUSTOM ? name(opcode.customCode()) : null,
        ints(operator.inputsLength(), operator::inputs),
        ints(operator.outputsLength(), operator::outputs),
        called(operator, code),
        code == BuiltinOperator.VAR_HANDLE ? variable(operator) : null);
  }

  private static List<Integer> called(Operator operator, int code) {
    return switch (code) {
      case BuiltinOperator.CALL_ONCE -> {
        requireOptions(operator, BuiltinOptions.CallOnceOptions, code);
        var once = (CallOnceOptions) options(operator, new CallOnceOptions());
        yield List.of(once.initSubgraphIndex());
      }
      case BuiltinOperator.IF -> {
        requireOptions(operator, BuiltinOptions.IfOptions, code);
        var branches = (IfOptions) options(operator, new IfOptions());
        yield List.of(branches.thenSubgraphIndex(), branches.elseSubgraphIndex());
      }
      default -> List.of();
    };
  }

  private static String variable(Operator operator) {
    requireOptions(operator, BuiltinOptions.VarHandleOptions, BuiltinOperator.VAR_HANDLE);
    var handle = (VarHandleOptions) options(operator, new VarHandleOptions());
    return name(handle.container()) + "/" + name(handle.sharedName());
  }

  private static void requireOptions(Operator operator, byte expected, int code) {
    if (operator.builtinOptionsType() != expected) {
      throw damaged(
          OperatorRules.name(code)
              + " has options of kind "
              + operator.builtinOptionsType()
              + ", not "
              + expected,
          null);
    }
  }

  private static com.google.flatbuffers.Table options(
      Operator operator, com.google.flatbuffers.Table into) {
    com.google.flatbuffers.@Nullable Table options = operator.builtinOptions(into);
    if (options == null) {
      throw damaged("an operator that calls a subgraph or names a variable has no options", null);
    }
    return options;
  }

  private EntryPoint entryPoint(SignatureDef signature) {
    return new EntryPoint(
        name(signature.signatureKey()),
        Math.toIntExact(Math.min(signature.subgraphIndex(), Integer.MAX_VALUE)),
        list(signature.inputsLength(), i -> named(signature.inputs(i))),
        list(signature.outputsLength(), i -> named(signature.outputs(i))));
  }

  private static NamedTensor named(TensorMap map) {
    return new NamedTensor(
        name(map.name()), Math.toIntExact(Math.min(map.tensorIndex(), Integer.MAX_VALUE)));
  }

  private List<Integer> ints(int length, IntUnaryOperator element) {
    return list(length, element::applyAsInt);
  }

  private <T> List<T> list(int length, IntFunction<T> element) {
    budget -= length;
    if (length < 0 || budget < 0) {
      throw damaged("its lists are longer than the file", null);
    }
    List<T> elements = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      elements.add(element.apply(i));
    }
    return elements;
  }

  private static String name(@Nullable String name) {
    return name == null ? "" : name;
  }

  private static ModelException damaged(String what, @Nullable Throwable cause) {
    String message = "the .tflite file is damaged: " + what + "; fetch or export it again";
    return cause == null
        ? new ModelException(Reason.DAMAGED, message)
        : new ModelException(Reason.DAMAGED, message, cause);
  }
}
