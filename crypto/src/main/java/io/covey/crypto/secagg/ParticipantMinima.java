package io.covey.crypto.secagg;

import java.util.Optional;

/**
 * What a participant insists on, from its own configuration, whatever the coordinator says.
 *
 * @param cohort the fewest updates in a sum that it is part of, at least 3
 * @param neighbours the fewest neighbours; where a cohort has no more, everybody must be one
 * @param thresholdFraction t must be above this part of its neighbours, 0 to below 1
 * @param noise the least standard deviation of the noise, in entries; 0 for none
 */
public record ParticipantMinima(
    int cohort, int neighbours, double thresholdFraction, double noise) {

  /** Which minimum a session falls below. */
  public enum Shortfall {
    COHORT_TOO_SMALL,
    TOO_FEW_NEIGHBOURS,
    THRESHOLD_TOO_LOW,
    NOISE_TOO_LOW
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

  /** The first minimum that the session falls below, if any. */
  public Optional<Shortfall> shortfallOf(SessionDescriptor descriptor) {
    SessionDescriptor.Cohort offered = descriptor.cohort();
    if (offered.minimum() < cohort) {
      return Optional.of(Shortfall.COHORT_TOO_SMALL);
    }
    if (offered.neighbours() < Math.min(neighbours, offered.maximum() - 1)) {
      return Optional.of(Shortfall.TOO_FEW_NEIGHBOURS);
    }
    if (offered.threshold() <= thresholdFraction * offered.neighbours()) {
      return Optional.of(Shortfall.THRESHOLD_TOO_LOW);
    }
    return descriptor.vector().noise() < noise
        ? Optional.of(Shortfall.NOISE_TOO_LOW)
        : Optional.empty();
  }
}
