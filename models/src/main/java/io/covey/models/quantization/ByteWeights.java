package io.covey.models.quantization;

import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.Quantization;
import io.covey.models.graph.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Turns FLOAT32 constants into integers. */
final class ByteWeights {

  private static final int LARGEST = 127;
  private static final ValueRange NEXT_TO_ZERO = new ValueRange(-5e-7f, 5e-7f);

  private ByteWeights() {}

  /**
   * Symmetric bytes, -127 to 127, with a scale for each position along {@code axis}.
   *
   * @throws ModelException when a weight is not finite
   */
  static GraphTensor byChannel(GraphTensor weights, int axis) {
    FloatBuffer values = values(weights);
    List<Integer> shape = weights.shape();
    int channels = shape.get(axis);
    int inner = shape.subList(axis + 1, shape.size()).stream().reduce(1, Math::multiplyExact);
    float[] largest = new float[channels];
    for (int i = 0; i < values.limit(); i++) {
      int channel = i / inner % channels;
      largest[channel] = Math.max(largest[channel], Math.abs(values.get(i)));
    }
    float[] inverse = new float[channels];
    List<Float> scales = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      requireFinite(weights, largest[channel]);
      float scale = largest[channel] == 0 ? 1f : largest[channel] / LARGEST;
      scales.add(scale);
      inverse[channel] = 1 / scale;
    }
    byte[] bytes = new byte[values.limit()];
    for (int i = 0; i < bytes.length; i++) {
      long rounded = roundAway(values.get(i) * inverse[i / inner % channels]);
      bytes[i] = (byte) Math.max(-LARGEST, Math.min(LARGEST, rounded));
    }
    return weights
        .valued(Constant.ofBytes(bytes))
        .quantized(TensorType.INT8, Quantization.perChannel(scales, axis));
  }

  /** Symmetric bytes, -127 to 127, with one scale for all. */
  static GraphTensor symmetric(GraphTensor weights) {
    ValueRange range = Calibrator.range(values(weights));
    float largest = Math.max(Math.abs(range.smallest()), Math.abs(range.largest()));
    return perTensor(weights, Quantization.perTensor(largest == 0 ? 1 : largest / LARGEST, 0));
  }

  /** Whether none is infinite or not a number. */
  static boolean areFinite(FloatBuffer values) {
    for (int i = 0; i < values.limit(); i++) {
      if (!Float.isFinite(values.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Bytes with one scale and zero point for all, by the range of the values. */
  static GraphTensor perTensor(GraphTensor constant) {
    return perTensor(constant, scaleOf(constant));
  }

  /** The scale and zero point of a constant by the range of its values. */
  static Quantization scaleOf(GraphTensor constant) {
    ValueRange range = Calibrator.range(values(constant));
    // Zeros have no size of their own; a small scale does not get into the way of others.
    return range.with(NEXT_TO_ZERO).asymmetric();
  }

  /** Bytes with the scale and zero point given. */
  static GraphTensor perTensor(GraphTensor constant, Quantization quantization) {
    FloatBuffer values = values(constant);
    float scale = quantization.scales().get(0);
    long zero = quantization.zeroPoints().get(0);
    byte[] bytes = new byte[values.limit()];
    for (int i = 0; i < bytes.length; i++) {
      requireFinite(constant, values.get(i));
      long rounded = roundAway(values.get(i) / scale) + zero;
      bytes[i] = (byte) Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, rounded));
    }
    return constant.valued(Constant.ofBytes(bytes)).quantized(TensorType.INT8, quantization);
  }

  /**
   * A bias as 32-bit integers in steps of the products that it is added to.
   *
   * @param scales of the weights, one for each channel or one for all
   */
  static GraphTensor bias(GraphTensor bias, float inputScale, List<Float> scales) {
    FloatBuffer values = values(bias);
    int[] rounded = new int[values.limit()];
    List<Float> products = scales.stream().map(scale -> scale * inputScale).toList();
    for (int i = 0; i < rounded.length; i++) {
      requireFinite(bias, values.get(i));
      double step = products.get(products.size() == 1 ? 0 : i);
      double exact = values.get(i) / step;
      rounded[i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, roundAway(exact)));
    }
    return bias.valued(Constant.ofInts(rounded))
        .quantized(TensorType.INT32, Quantization.perChannel(products, 0));
  }

  /** Half floats (IEEE 754 binary16), rounded to the nearest, ties to even. */
  static GraphTensor halves(GraphTensor constant) {
    FloatBuffer values = values(constant);
    ByteBuffer bytes =
        ByteBuffer.allocate(Short.BYTES * values.limit()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.limit(); i++) {
      requireFinite(constant, values.get(i));
      bytes.putShort(half(values.get(i)));
    }
    return constant.valued(Constant.viewOf(bytes.flip())).quantized(TensorType.FLOAT16, null);
  }

  /** The nearest half; beyond 65504 the largest, since infinity would spread through the graph. */
  static short half(float value) {
    int bits = Float.floatToIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    float magnitude = Math.abs(value);
    if (magnitude >= 65504f) {
      return (short) (sign | 0x7bff);
    }
    if (magnitude < 0x1p-14f) {
      // Subnormal halves are multiples of 2^-24; rint ties to even.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int magnitudeBits = bits & 0x7fffffff;
    // Rebias the exponent from 127 to 15, and round 23 bits of fraction to 10.
    int rebased = magnitudeBits - (112 << 23);
    int rounded = (rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13;
    return (short) (sign | Math.min(rounded, 0x7bff));
  }

  private static long roundAway(double value) {
    return (long) (value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5));
  }

  private static FloatBuffer values(GraphTensor constant) {
    Constant value = constant.value();
    if (value == null || constant.type() != TensorType.FLOAT32) {
      throw new ModelException(
          Reason.UNSUPPORTED_TYPE,
          "tensor '"
              + constant.name()
              + "' is "
              + constant.type()
              + ", not a FLOAT32 constant; give the float model, from before it was quantized");
    }
    return value.floats();
  }

  private static void requireFinite(GraphTensor constant, float value) {
    if (!Float.isFinite(value)) {
      throw new ModelException(
          Reason.EXECUTION_FAILED,
          "tensor '"
              + constant.name()
              + "' has a weight that is not finite; go back to a version from before the training"
              + " failed");
    }
  }
}
