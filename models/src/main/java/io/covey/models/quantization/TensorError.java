package io.covey.models.quantization;

import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Quantization;
import io.covey.models.graph.TensorType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a constant of a quantized model is from the float one.
 *
 * @param name the tensor's name
 * @param type what it became
 * @param largest the largest difference
 * @param relative the root of the mean squared difference, over that of the values
 */
public record TensorError(String name, TensorType type, double largest, double relative) {

  /** Of all constants that both models have by the same name and size, and that differ in type. */
  static List<TensorError> between(byte[] floatModel, byte[] quantizedModel) {
    Map<String, GraphTensor> exact = new HashMap<>();
    for (GraphTensor tensor : ModelGraph.read(floatModel, ModelLimits.DEFAULT).main().tensors()) {
      if (tensor.isConstant() && tensor.type() == TensorType.FLOAT32) {
        exact.putIfAbsent(tensor.name(), tensor);
      }
    }
    List<TensorError> errors = new ArrayList<>();
    for (GraphTensor tensor :
        ModelGraph.read(quantizedModel, ModelLimits.DEFAULT).main().tensors()) {
      GraphTensor before = exact.get(tensor.name());
      boolean isChanged = tensor.isConstant() && tensor.type() != TensorType.FLOAT32;
      if (before != null && isChanged && before.elements() == tensor.elements()) {
        errors.add(between(before, tensor));
      }
    }
    return errors;
  }

  private static TensorError between(GraphTensor exact, GraphTensor rounded) {
    Constant value = exact.value();
    if (value == null) {
      throw new IllegalStateException("'" + exact.name() + "' is no constant");
    }
    FloatBuffer values = value.floats();
    double largest = 0;
    double squares = 0;
    double size = Float.MIN_NORMAL;
    for (int i = 0; i < values.limit(); i++) {
      double difference = real(rounded, i) - values.get(i);
      largest = Math.max(largest, Math.abs(difference));
      squares += difference * difference;
      size += (double) values.get(i) * values.get(i);
    }
    return new TensorError(exact.name(), rounded.type(), largest, Math.sqrt(squares / size));
  }

  /** The real number that an element stands for. */
  private static double real(GraphTensor tensor, int index) {
    Constant value = tensor.value();
    if (value == null) {
      throw new IllegalStateException("'" + tensor.name() + "' is no constant");
    }
    ByteBuffer bytes = value.bytes();
    if (tensor.type() == TensorType.FLOAT16) {
      return half(bytes.getShort(Short.BYTES * index));
    }
    Quantization quantization = tensor.quantization();
    if (quantization == null) {
      throw new IllegalStateException("'" + tensor.name() + "' has no scale");
    }
    int channel = channel(tensor, quantization, index);
    long whole =
        tensor.type() == TensorType.INT8 ? bytes.get(index) : bytes.getInt(Integer.BYTES * index);
    return (double) quantization.scales().get(channel)
        * (whole - quantization.zeroPoints().get(channel));
  }

  private static int channel(GraphTensor tensor, Quantization quantization, int index) {
    int count = quantization.scales().size();
    if (count == 1) {
      return 0;
    }
    List<Integer> shape = tensor.shape();
    int inner =
        shape.subList(quantization.dimension() + 1, shape.size()).stream()
            .reduce(1, Math::multiplyExact);
    return index / inner % count;
  }

  private static double half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        exponent == 0 ? fraction * 0x1p-24 : Math.scalb(1 + fraction / 1024.0, exponent - 15);
    return bits < 0 ? -magnitude : magnitude;
  }
}
