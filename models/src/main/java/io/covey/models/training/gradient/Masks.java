package io.covey.models.training.gradient;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.training.emit.Emitter;

/** Where a clamped value was not clamped: 1 there, 0 elsewhere. */
public final class Masks {

  private Masks() {}

  /**
   * The gradient before an activation, from that after it.
   *
   * @param y what the activation gave
   * @throws IllegalArgumentException when the activation is none that clamps
   */
  public static int before(Emitter emit, Activation activation, int y, int gradient) {
    return switch (activation) {
      case NONE -> gradient;
      case RELU -> relu(emit, y, gradient);
      case RELU6 -> between(emit, y, 0f, 6f, gradient);
      case RELU_N1_TO_1 -> between(emit, y, -1f, 1f, gradient);
      case TANH, SIGN_BIT ->
          throw new IllegalArgumentException(activation + " does not clamp its values");
    };
  }

  /** {@code gradient} where {@code y}, which is not negative, is positive; 0 where it is 0. */
  static int relu(Emitter emit, int y, int gradient) {
    return emit.multiply(isPositive(emit, y), gradient);
  }

  /** {@code gradient} where {@code y}, which lies in {@code low..high}, lies inside. */
  static int between(Emitter emit, int y, float low, float high, int gradient) {
    return emit.multiply(isBetween(emit, y, low, high), gradient);
  }

  /** 1 where {@code y}, which lies in {@code low..high}, lies inside; 0 at either end. */
  static int isBetween(Emitter emit, int y, float low, float high) {
    int above = low == 0 ? y : emit.subtract(y, emit.scalar(low));
    int below = emit.subtract(emit.scalar(high), y);
    return emit.multiply(isPositive(emit, above), isPositive(emit, below));
  }

  /**
   * 1 where {@code y}, which is not negative, is positive. Times the largest float, every normal
   * one is at least 1, and then clamped; unlike SIGN, that is a product, which XNNPACK takes.
   */
  private static int isPositive(Emitter emit, int y) {
    return emit.float32(
        Builtin.MUL,
        emit.shape(y),
        Arithmetic.of(ArithmeticKind.MUL, Activation.RELU_N1_TO_1),
        y,
        emit.scalar(Float.MAX_VALUE));
  }
}
