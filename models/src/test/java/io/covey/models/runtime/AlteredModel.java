package io.covey.models.runtime;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.tensorflow.lite.schema.BufferT;
import org.tensorflow.lite.schema.ModelT;
import org.tensorflow.lite.schema.OperatorCodeT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.SignatureDefT;
import org.tensorflow.lite.schema.SubGraphT;
import org.tensorflow.lite.schema.TensorT;

/** A real model, taken apart, altered in one place and put together again. */
final class AlteredModel {

  private final ModelT model;

  private AlteredModel(ModelT model) {
    this.model = model;
  }

  /** The test resource of that name, altered by {@code change}. */
  static byte[] of(String resource, Consumer<AlteredModel> change) {
    AlteredModel altered = new AlteredModel(ModelT.deserializeFromBinary(Fixtures.bytes(resource)));
    change.accept(altered);
    altered.dropEmptyVectors();
    return altered.model.serializeToBinary();
  }

  ModelT model() {
    return model;
  }

  /** The subgraph behind a signature. */
  SubGraphT subgraph(String signature) {
    return model.getSubgraphs()[(int) signature(signature).getSubgraphIndex()];
  }

  SignatureDefT signature(String name) {
    for (SignatureDefT signature : model.getSignatureDefs()) {
      if (signature.getSignatureKey().equals(name)) {
        return signature;
      }
    }
    throw new IllegalArgumentException("no signature " + name);
  }

  /** The first operator of that code in a subgraph. */
  OperatorT operator(SubGraphT subgraph, int code) {
    for (OperatorT operator : subgraph.getOperators()) {
      if (code(operator) == code) {
        return operator;
      }
    }
    throw new IllegalArgumentException("no operator " + code);
  }

  /** The tensor that is input {@code input} of an operator. */
  static TensorT input(SubGraphT subgraph, OperatorT operator, int input) {
    return subgraph.getTensors()[operator.getInputs()[input]];
  }

  int code(OperatorT operator) {
    OperatorCodeT code = model.getOperatorCodes()[(int) operator.getOpcodeIndex()];
    return Math.max(code.getBuiltinCode(), code.getDeprecatedBuiltinCode());
  }

  /** Takes operators out of a subgraph. */
  void remove(SubGraphT subgraph, Predicate<OperatorT> unwanted) {
    subgraph.setOperators(
        Arrays.stream(subgraph.getOperators()).filter(unwanted.negate()).toArray(OperatorT[]::new));
  }

  /** Makes every operator of code {@code from} one of code {@code to}. */
  void replace(int from, int to) {
    for (OperatorCodeT code : model.getOperatorCodes()) {
      if (Math.max(code.getBuiltinCode(), code.getDeprecatedBuiltinCode()) == from) {
        code.setBuiltinCode(to);
        code.setDeprecatedBuiltinCode((byte) Math.min(to, 127));
      }
    }
  }

  /** Adds an operator code, and gives its index. */
  int add(OperatorCodeT code) {
    OperatorCodeT[] codes = model.getOperatorCodes();
    OperatorCodeT[] more = Arrays.copyOf(codes, codes.length + 1);
    more[codes.length] = code;
    model.setOperatorCodes(more);
    return codes.length;
  }

  /**
   * The object API reads what is absent as empty, and would write it so, which means something
   * else.
   */
  private void dropEmptyVectors() {
    for (SubGraphT subgraph : model.getSubgraphs()) {
      for (TensorT tensor : subgraph.getTensors()) {
        if (tensor.getShapeSignature() != null && tensor.getShapeSignature().length == 0) {
          tensor.setShapeSignature(null);
        }
        dropEmptyVectors(tensor.getQuantization());
      }
      for (OperatorT operator : subgraph.getOperators()) {
        operator.setCustomOptions(null);
        operator.setIntermediates(null);
        operator.setMutatingVariableInputs(null);
      }
    }
    for (BufferT buffer : model.getBuffers()) {
      if (buffer.getData() != null && buffer.getData().length == 0) {
        buffer.setData(null);
      }
    }
    model.setMetadataBuffer(null);
  }

  private static void dropEmptyVectors(QuantizationParametersT quantization) {
    if (quantization != null && quantization.getScale().length == 0) {
      quantization.setScale(null);
      quantization.setZeroPoint(null);
      quantization.setMin(null);
      quantization.setMax(null);
    }
  }
}
