package io.covey.models.graph;

import io.covey.models.graph.ModelException.Reason;
import java.util.List;

/**
 * Checks that a tensor's type, shapes and constant value fit each other and the limits. The native
 * runtime accepts a constant that is larger than its shape, and later reads past smaller ones.
 */
final class TensorCheck {

  /**
   * Beyond these, products and quotients of scales leave a float's range, at which kernels abort.
   */
  private static final float SMALLEST_SCALE = 0x1p-60f;

  private static final float LARGEST_SCALE = 0x1p60f;

  private TensorCheck() {}

  /**
   * Checks {@code tensor}.
   *
   * @throws ModelException saying what does not fit
   */
  static void check(GraphTensor tensor, ModelLimits limits) {
    TensorType type = tensor.type();
    if (type == TensorType.STRING || type == TensorType.VARIANT || tensor.isSparse()) {
      throw new ModelException(
          Reason.UNSUPPORTED_TYPE,
          "tensor '"
              + tensor.name()
              + "' is "
              + (tensor.isSparse() ? "sparse" : "of type " + type)
              + ", which this runtime does not run; export the model with dense numbers, and"
              + " prepare text outside of it");
    }
    requireShapesAgree(tensor);
    long bytes = sizeBytes(tensor, limits.tensorBytes());
    if (bytes > limits.tensorBytes()) {
      throw new ModelException(
          Reason.TOO_LARGE,
          "tensor '"
              + tensor.name()
              + "' of shape "
              + tensor.nominalShape()
              + " has more than "
              + limits.tensorBytes()
              + " bytes");
    }
    requireQuantization(tensor);
    boolean isFixed = tensor.shape().equals(tensor.nominalShape());
    if (tensor.isConstant() && (!isFixed || bytes != tensor.constantBytes())) {
      throw damaged(
          tensor,
          "of shape " + tensor.shape() + " has a value of " + tensor.constantBytes() + " bytes");
    }
  }

  private static void requireQuantization(GraphTensor tensor) {
    Quantization quantization = tensor.quantization();
    if (quantization == null) {
      return;
    }
    if (quantization.isCustom()) {
      throw new ModelException(
          Reason.UNSUPPORTED_TYPE,
          "tensor '"
              + tensor.name()
              + "' is quantized in a form of its own, which this runtime does not run; export the"
              + " model with per-tensor or per-channel quantization");
    }
    if (!quantization.hasScales()) {
      return;
    }
    int count = quantization.scales().size();
    int dimension = quantization.dimension();
    boolean fits =
        count == 1
            || (dimension >= 0
                && dimension < tensor.shape().size()
                && tensor.shape().get(dimension) == count);
    fits &= quantization.zeroPoints().size() == count;
    for (float scale : quantization.scales()) {
      fits &= scale >= SMALLEST_SCALE && scale <= LARGEST_SCALE;
    }
    for (long zeroPoint : quantization.zeroPoints()) {
      fits &= isWithin(tensor.type(), zeroPoint);
    }
    if (!fits) {
      throw damaged(tensor, "has a quantization that does not fit its shape or type");
    }
  }

  private static boolean isWithin(TensorType type, long zeroPoint) {
    return switch (type) {
      case UINT8 -> zeroPoint >= 0 && zeroPoint <= 255;
      case INT8 -> zeroPoint == (byte) zeroPoint;
      case INT16 -> zeroPoint == (short) zeroPoint;
      default -> zeroPoint == (int) zeroPoint;
    };
  }

  private static void requireShapesAgree(GraphTensor tensor) {
    List<Integer> shape = tensor.shape();
    List<Integer> nominal = tensor.nominalShape();
    boolean agree = shape.size() == nominal.size();
    for (int i = 0; agree && i < shape.size(); i++) {
      boolean isAny = shape.get(i) == GraphTensor.ANY;
      agree = nominal.get(i) >= 0 && (isAny || nominal.get(i).equals(shape.get(i)));
    }
    if (!agree) {
      throw damaged(tensor, "has the shapes " + shape + " and " + nominal + ", which disagree");
    }
  }

  /** Its size, or some number above {@code limit}. */
  private static long sizeBytes(GraphTensor tensor, long limit) {
    if (tensor.isEmpty()) {
      return 0;
    }
    long elements = 1;
    for (int dimension : tensor.nominalShape()) {
      // No overflow: both factors are below 2^31.
      elements = Math.min(elements * dimension, limit + 1);
    }
    return (elements * tensor.type().bits() + Byte.SIZE - 1) / Byte.SIZE;
  }

  private static ModelException damaged(GraphTensor tensor, String what) {
    return new ModelException(
        Reason.DAMAGED,
        "the .tflite file is damaged: tensor '"
            + tensor.name()
            + "' "
            + what
            + "; fetch or export it again");
  }
}
