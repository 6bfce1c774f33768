package io.covey.coordinator.round;

/**
 * FedAdam and FedYogi: m = beta1 * m + (1 - beta1) * delta; v by {@link SecondMoment}; x += eta * m
 * / (sqrt(v) + tau).
 *
 * <p>Reddi et al., ICLR 2021, algorithm 2: no bias correction; v begins at tau^2, as in the paper's
 * requirement v_{-1} >= tau^2. State: m, then v - tau^2, so that a state of zeros is the beginning.
 */
record FedAdaptive(ServerOptimization constants, SecondMoment secondMoment)
    implements ServerOptimizer {
  @Override
  public int stateSize(int parameterCount) {
    return Math.multiplyExact(2, parameterCount);
  }

  @Override
  public void apply(float[] weights, float[] meanUpdate, float[] state) {
    int d = weights.length;
    float beta1 = constants.momentum();
    float beta2 = constants.secondMoment();
    float tau = constants.adaptivity();
    float origin = tau * tau;
    for (int i = 0; i < d; i++) {
      float delta = meanUpdate[i];
      float m = beta1 * state[i] + (1 - beta1) * delta;
      float v = secondMoment.next(state[d + i] + origin, delta * delta, beta2);
      state[i] = m;
      state[d + i] = v - origin;
      weights[i] += constants.learningRate() * m / ((float) Math.sqrt(v) + tau);
    }
  }
}
