package io.covey.crypto.secagg;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a participant insists on, from its own configuration, whatever the coordinator says.
 *
 * @param cohort the fewest updates in a sum that it is part of, at least 3
 * @param neighbours the fewest neighbours; where a cohort has no more, everybody must be one
 * @param thresholdFraction t must be above this part of its neighbours, 0 to below 1
 * @param noise the least standard deviation of each participant's noise, over the L2 sensitivity:
 *     in levels it would say nothing, since the coordinator chooses how small they are; 0 for none
 * @param adversary what a session must be safe against at least
 */
public record ParticipantMinima(
    int cohort, int neighbours, double thresholdFraction, double noise, Adversary adversary)
    implements SessionRequirements {

  /** Which minimum a session falls below. */
  public enum Shortfall {
    COHORT_TOO_SMALL,
    TOO_FEW_NEIGHBOURS,
    THRESHOLD_TOO_LOW,
    NOISE_TOO_LOW,
    /** The session assumes a weaker adversary, fewer helpers of it, or a larger chance of it. */
    ADVERSARY_TOO_WEAK,
    /** Nothing is safe under the assumptions of the session. */
    ASSUMPTIONS_INFEASIBLE
  }

  /**
   * The least that a session must assume of its adversary. Dropouts are not among it: to assume
   * fewer of them costs correctness, and no privacy.
   *
   * @param model how far it deviates
   * @param corruptFraction of the cohort, helps it; 0 to below 1/2
   * @param privacyBits sigma, at least 1
   */
  public record Adversary(AdversaryModel model, double corruptFraction, int privacyBits) {
    public Adversary {
      // Checks the ranges, which are those of the assumptions.
      new SecAggAssumptions(model, corruptFraction, 0, privacyBits, 1);
    }

    boolean isAtMost(SecAggAssumptions assumed) {
      return model.compareTo(assumed.adversary()) <= 0
          && corruptFraction <= assumed.corruptFraction()
          && privacyBits <= assumed.privacyBits();
    }
  }

  public ParticipantMinima {
    if (cohort < SecAggParameters.MINIMUM_COHORT || neighbours < 2) {
      throw new IllegalArgumentException(
          "minima of a cohort of %d and %d neighbours, expected at least %d and 2"
              .formatted(cohort, neighbours, SecAggParameters.MINIMUM_COHORT));
    }
    // Written so that NaN is refused.
    if (!(thresholdFraction >= 0 && thresholdFraction < 1) || !(noise >= 0)) {
      throw new IllegalArgumentException(
          "threshold fraction %s and noise %s, expected 0 to below 1 and 0 or more"
              .formatted(thresholdFraction, noise));
    }
  }

  /**
   * The first minimum that the session falls below, if any. Neighbours and threshold are also held
   * against what the session's own cohort and assumptions call for, computed here anew.
   */
  @Override
  public Optional<Shortfall> shortfallOf(SessionDescriptor descriptor) {
    SessionDescriptor.Cohort offered = descriptor.cohort();
    if (offered.minimum() < cohort) {
      return Optional.of(Shortfall.COHORT_TOO_SMALL);
    }
    if (descriptor.vector().noise() < noise) {
      return Optional.of(Shortfall.NOISE_TOO_LOW);
    }
    if (!adversary.isAtMost(descriptor.assumptions())) {
      return Optional.of(Shortfall.ADVERSARY_TOO_WEAK);
    }
    if (offered.neighbours() < Math.min(neighbours, offered.maximum() - 1)) {
      return Optional.of(Shortfall.TOO_FEW_NEIGHBOURS);
    }
    return offered.threshold() <= thresholdFraction * offered.neighbours()
        ? Optional.of(Shortfall.THRESHOLD_TOO_LOW)
        : shortfallOfParameters(offered, descriptor.assumptions());
  }

  private static Optional<Shortfall> shortfallOfParameters(
      SessionDescriptor.Cohort offered, SecAggAssumptions assumptions) {
    int minimum = offered.minimum();
    int maximum = offered.maximum();
    boolean complete = offered.neighbours() == maximum - 1;
    try {
      // Everybody is enough, also where a random graph would need more than there are.
      if (!complete
          && offered.neighbours()
              < SecAggParameters.forRosters(minimum, maximum, assumptions).neighbours()) {
        return Optional.of(Shortfall.TOO_FEW_NEIGHBOURS);
      }
    } catch (InfeasibleSecAggException e) {
      return Optional.of(Shortfall.ASSUMPTIONS_INFEASIBLE);
    }
    OptionalInt least =
        SecAggParameters.leastSafeThreshold(offered.neighbours(), minimum, maximum, assumptions);
    if (least.isEmpty()) {
      return Optional.of(Shortfall.ASSUMPTIONS_INFEASIBLE);
    }
    return offered.threshold() < least.getAsInt()
        ? Optional.of(Shortfall.THRESHOLD_TOO_LOW)
        : Optional.empty();
  }
}
