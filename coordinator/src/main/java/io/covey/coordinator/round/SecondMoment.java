package io.covey.coordinator.round;

/**
 * How the adaptive optimizers follow the square of the update; the one line in which they differ.
 */
enum SecondMoment {
  /** v = beta2 * v + (1 - beta2) * delta^2. */
  ADAM {
    @Override
    float next(float v, float square, float beta2) {
      return beta2 * v + (1 - beta2) * square;
    }
  },
  /**
   * v = v - (1 - beta2) * delta^2 * sign(v - delta^2): v moves no faster than the square itself.
   */
  YOGI {
    @Override
    float next(float v, float square, float beta2) {
      return v - (1 - beta2) * square * Math.signum(v - square);
    }
  };

  abstract float next(float v, float square, float beta2);
}
