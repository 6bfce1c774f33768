package io.covey.crypto.privacy;

/**
 * The discrete Laplace distribution, exactly: {@code P(x) = (e^(1/t) - 1)/(e^(1/t) + 1) *
 * e^(-|x|/t)}. Algorithms 1 and 2 of Canonne, Kamath and Steinke, "The Discrete Gaussian for
 * Differential Privacy", NeurIPS 2020, in integers only: no floating point touches a probability,
 * which is what Mironov's attack on rounded Laplace noise (CCS 2012) lives on.
 *
 * <p>Belongs to one thread at a time.
 */
final class DiscreteLaplace {
  /** Magnitudes of {@code LIMIT * t} and above are drawn again; see {@link DiscreteGaussian}. */
  static final int LIMIT = 64;

  private final UniformIntegers uniform;
  private final int scale;

  /**
   * Makes a sampler.
   *
   * @param scale t, 1 to 2^20
   */
  DiscreteLaplace(UniformIntegers uniform, int scale) {
    this.uniform = uniform;
    this.scale = scale;
  }

  /** One sample; its magnitude is below {@code LIMIT * t}. */
  int sample() {
    while (true) {
      int remainder = (int) uniform.below(scale);
      if (!bernoulliOfExponential(uniform, remainder, scale)) {
        continue;
      }
      int quotient = 0;
      while (quotient < LIMIT && bernoulliOfExponential(uniform, 1, 1)) {
        quotient++;
      }
      boolean negative = uniform.coin();
      // No overflow: (64 + 1) * 2^20 is below 2^31.
      int magnitude = remainder + scale * quotient;
      // Zero has one sign only, or it would come twice as often.
      if (quotient < LIMIT && !(negative && magnitude == 0)) {
        return negative ? -magnitude : magnitude;
      }
    }
  }

  /**
   * True with probability {@code e^-(numerator/denominator)}: algorithm 1. It counts how long coins
   * of probability gamma/1, gamma/2, gamma/3 and so on keep showing heads; an even number of heads
   * has probability {@code 1 - gamma + gamma^2/2! - ...}.
   *
   * @param numerator 0 to 2^62
   * @param denominator 1 to 2^62
   */
  static boolean bernoulliOfExponential(UniformIntegers uniform, long numerator, long denominator) {
    // e^-gamma for gamma above 1 is e^-1 as often as 1 goes into it, times the rest.
    long rest = numerator;
    for (; rest > denominator; rest -= denominator) {
      if (!bernoulliOfFractionExponential(uniform, 1, 1)) {
        return false;
      }
    }
    return bernoulliOfFractionExponential(uniform, rest, denominator);
  }

  private static boolean bernoulliOfFractionExponential(
      UniformIntegers uniform, long numerator, long denominator) {
    int trial = 1;
    // Two coins in place of one of probability gamma/trial, whose denominator might overflow.
    while ((trial == 1 || uniform.below(trial) == 0)
        && (numerator == denominator || uniform.below(denominator) < numerator)) {
      trial++;
    }
    return (trial & 1) == 1;
  }
}
