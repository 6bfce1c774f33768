package io.covey.coordinator.round;

/** x += eta * delta. With eta = 1 the weighted mean of McMahan et al., AISTATS 2017. */
record FedAvg(float learningRate) implements ServerOptimizer {
  @Override
  public int stateSize(int parameterCount) {
    return 0;
  }

  @Override
  public void apply(float[] weights, float[] meanUpdate, float[] state) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] += learningRate * meanUpdate[i];
    }
  }
}
