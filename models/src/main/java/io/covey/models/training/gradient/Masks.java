package io.covey.models.training.gradient;

import io.covey.models.graph.Builtin;
import io.covey.models.training.emit.Emitter;

/** Where a clamped value was not clamped: 1 there, 0 elsewhere. */
final class Masks {

  private Masks() {}

  /** {@code gradient} where {@code y}, which is not negative, is positive; 0 where it is 0. */
  static int relu(Emitter emit, int y, int gradient) {
    return emit.multiply(emit.unary(Builtin.SIGN, y), gradient);
  }

  /** {@code gradient} where {@code y}, which lies in {@code low..high}, lies inside. */
  static int between(Emitter emit, int y, float low, float high, int gradient) {
    return emit.multiply(isBetween(emit, y, low, high), gradient);
  }

  /** 1 where {@code y}, which lies in {@code low..high}, lies inside; 0 at either end. */
  static int isBetween(Emitter emit, int y, float low, float high) {
    int above = low == 0 ? y : emit.subtract(y, emit.scalar(low));
    int below = emit.subtract(emit.scalar(high), y);
    return emit.unary(Builtin.SIGN, emit.multiply(above, below));
  }
}
