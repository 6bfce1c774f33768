package io.covey.crypto.privacy.accounting;

import io.covey.crypto.privacy.DistributedGaussian;

/**
 * What a round's privacy depends on. Rounds with equal costs are counted, not listed.
 *
 * @param noiseMultiplier z of a Gaussian mechanism that is at most as private
 * @param samplingRate q, the probability that a participant is in the cohort; above 0, at most 1
 * @param distance bound of the statistical distance between the round as it runs and the mechanism
 *     that the multiplier describes: the probability that noise is clamped
 */
public record RoundCost(double noiseMultiplier, double samplingRate, double distance) {
  public RoundCost {
    // Written so that NaN is refused.
    if (!(noiseMultiplier > 0 && noiseMultiplier < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "noise multiplier is " + noiseMultiplier + ", expected a positive number");
    }
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new IllegalArgumentException(
          "sampling rate is " + samplingRate + ", expected above 0 to 1");
    }
    if (!(distance >= 0 && distance < 1)) {
      throw new IllegalArgumentException("distance is " + distance + ", expected 0 to below 1");
    }
  }

  /**
   * The cost of a round.
   *
   * @param cohort how many are invited
   * @param population how many could have been, at least the cohort
   */
  public static RoundCost of(DistributedGaussian mechanism, long cohort, long population) {
    return new RoundCost(
        mechanism.noiseMultiplier(),
        samplingRate(cohort, population),
        DistributedGaussian.CLAMP_PROBABILITY);
  }

  /**
   * The probability of being in a cohort, rounded up to three digits, so that a fleet whose size
   * drifts does not make every round a cost of its own.
   *
   * @param cohort how many are invited
   * @param population how many could have been, at least the cohort
   */
  public static double samplingRate(long cohort, long population) {
    if (cohort < 1 || cohort > population) {
      throw new IllegalArgumentException(
          "cohort of %d, expected 1 to the population of %d".formatted(cohort, population));
    }
    double rate = cohort / (double) population;
    double unit = Math.pow(10, Math.floor(Math.log10(rate)) - 2);
    // The quotient of an exact multiple may lie a rounding error above it.
    return Math.min(1, Math.max(rate, Math.ceil(rate / unit * (1 - 1e-12)) * unit));
  }

  /** The round's Renyi divergences in the eyes of an observer. */
  RenyiCurve curve(Observer observer) {
    return switch (observer) {
      case COORDINATOR -> RenyiCurve.gaussian(noiseMultiplier);
      case MODEL_CONSUMER -> RenyiCurve.sampledGaussian(samplingRate, noiseMultiplier);
    };
  }
}
