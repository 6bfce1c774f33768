package io.covey.coordinator.round;

/**
 * Server momentum: v = beta * v + delta; x += eta * v.
 *
 * <p>Hsu, Qi, Brown, Measuring the Effects of Non-Identical Data Distribution, 2019, section 4.
 * State: v.
 */
record FedAvgM(float learningRate, float momentum) implements ServerOptimizer {
  @Override
  public int stateSize(int parameterCount) {
    return parameterCount;
  }

  @Override
  public void apply(float[] weights, float[] meanUpdate, float[] state) {
    for (int i = 0; i < weights.length; i++) {
      state[i] = momentum * state[i] + meanUpdate[i];
      weights[i] += learningRate * state[i];
    }
  }
}
