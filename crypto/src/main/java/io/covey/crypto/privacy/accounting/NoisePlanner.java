package io.covey.crypto.privacy.accounting;

import io.covey.crypto.privacy.DistributedGaussian;
import java.util.OptionalDouble;

/**
 * The least noise that keeps a number of equal rounds within a budget.
 *
 * @param observer against whom the budget is to hold
 * @param samplingRate of every round, above 0 and at most 1
 * @param rounds at least 1
 */
public record NoisePlanner(Observer observer, double samplingRate, long rounds) {
  /** Least noise multiplier that is considered. */
  public static final double MINIMUM_MULTIPLIER = 0.01;

  /** Largest noise multiplier that is considered. */
  public static final double MAXIMUM_MULTIPLIER = 1000;

  /** The result is at most so much larger than it has to be. */
  private static final double PRECISION = 1e-4;

  public NoisePlanner {
    if (rounds < 1) {
      throw new IllegalArgumentException(rounds + " rounds, expected at least 1");
    }
  }

  /** The ledger after all rounds with a noise multiplier. */
  public PrivacyLedger ledger(double noiseMultiplier) {
    return PrivacyLedger.empty()
        .with(
            new RoundCost(noiseMultiplier, samplingRate, DistributedGaussian.CLAMP_PROBABILITY),
            rounds);
  }

  /**
   * The smallest noise multiplier within a budget, by bisection: more noise never costs more.
   *
   * @return at least {@value #MINIMUM_MULTIPLIER} and at most a ten-thousandth above the smallest;
   *     empty if none up to {@value #MAXIMUM_MULTIPLIER} is enough
   */
  public OptionalDouble smallestMultiplier(PrivacyBudget budget) {
    if (!suffices(MAXIMUM_MULTIPLIER, budget)) {
      return OptionalDouble.empty();
    }
    double low = MINIMUM_MULTIPLIER;
    double high = MAXIMUM_MULTIPLIER;
    while (high / low > 1 + PRECISION) {
      double middle = Math.sqrt(low * high);
      if (suffices(middle, budget)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return OptionalDouble.of(high);
  }

  private boolean suffices(double noiseMultiplier, PrivacyBudget budget) {
    return ledger(noiseMultiplier).spent(observer, budget.delta()) <= budget.epsilon();
  }
}
