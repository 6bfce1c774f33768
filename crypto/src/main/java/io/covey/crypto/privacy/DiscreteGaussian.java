package io.covey.crypto.privacy;

import io.covey.crypto.primitive.RandomWords;

/**
 * The discrete Gaussian distribution, exactly: {@code P(x)} is proportional to {@code
 * e^(-x^2/(2*sigma^2))} over all integers x. Algorithm 3 of Canonne, Kamath and Steinke, "The
 * Discrete Gaussian for Differential Privacy", NeurIPS 2020: a discrete Laplace sample y of scale t
 * is kept with probability {@code e^(-(|y| - sigma^2/t)^2/(2*sigma^2))}. Any t gives the same
 * distribution; here sigma is an integer and t = sigma, so that the exponent is {@code (|y| -
 * sigma)^2/(2*sigma^2)}, a fraction of longs.
 *
 * <p>One thing is not exact: |y| at or above 64 sigma is drawn again. The probability of such an x
 * is below {@code 2*e^-2048}, less than 2^-2900 for each sample, which is nothing even beside the
 * 2^-96 that {@link DistributedGaussian} counts for a round.
 *
 * <p>The time that a sample takes depends on the random words and not on any secret but the sample.
 * Belongs to one thread at a time.
 */
public final class DiscreteGaussian {
  /** Largest sigma, so that the exponent's numerator stays below 2^53. */
  public static final int MAXIMUM_DEVIATION = 1 << 20;

  private final UniformIntegers uniform;
  private final DiscreteLaplace proposal;
  private final int deviation;
  private final long twiceVariance;

  /**
   * Makes a sampler.
   *
   * @param random a secure stream of its own: whoever knows the words knows the noise
   * @param deviation sigma, 1 to {@value #MAXIMUM_DEVIATION}
   */
  public DiscreteGaussian(RandomWords random, int deviation) {
    if (deviation < 1 || deviation > MAXIMUM_DEVIATION) {
      throw new IllegalArgumentException(
          "deviation is " + deviation + ", expected 1 to " + MAXIMUM_DEVIATION);
    }
    this.uniform = new UniformIntegers(random);
    this.proposal = new DiscreteLaplace(uniform, deviation);
    this.deviation = deviation;
    this.twiceVariance = 2L * deviation * deviation;
  }

  /** One sample; its magnitude is below 64 sigma. */
  public int sample() {
    while (true) {
      int candidate = proposal.sample();
      long distance = (long) Math.abs(candidate) - deviation;
      // No overflow: |distance| is below 2^26.
      if (DiscreteLaplace.bernoulliOfExponential(uniform, distance * distance, twiceVariance)) {
        return candidate;
      }
    }
  }

  /**
   * Adds an independent sample to every element.
   *
   * @param entries changed in place
   * @param limit a sample beyond it in magnitude counts as the limit
   */
  void addTo(int[] entries, int limit) {
    for (int i = 0; i < entries.length; i++) {
      entries[i] += Math.max(-limit, Math.min(limit, sample()));
    }
  }
}
