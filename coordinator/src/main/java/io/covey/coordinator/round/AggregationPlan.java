package io.covey.coordinator.round;

import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.InfeasibleSecAggException;
import io.covey.crypto.secagg.SecAggAssumptions;
import io.covey.crypto.secagg.SecAggParameters;
import io.covey.protocols.message.Limits;
import java.time.Duration;

/**
 * What secure aggregation takes for granted about a cohort; neighbours and threshold follow from
 * it.
 *
 * @param corruptFraction of the cohort, may help the coordinator
 * @param dropoutFraction of the cohort, may vanish
 * @param privacyBits a single update opens with probability at most 2^-privacyBits
 * @param correctnessBits too few participants remain with probability at most 2^-correctnessBits
 * @param stepPeriod how long a step may take that waits for no training
 */
public record AggregationPlan(
    AdversaryModel adversary,
    double corruptFraction,
    double dropoutFraction,
    int privacyBits,
    int correctnessBits,
    Duration stepPeriod) {

  public AggregationPlan {
    new SecAggAssumptions(
        adversary, corruptFraction, dropoutFraction, privacyBits, correctnessBits);
    if (stepPeriod.toMillis() < 1 || stepPeriod.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "stepPeriod is " + stepPeriod + ", expected PT0.001S to P1D");
    }
  }

  /** A tenth corrupt, a tenth dropped, a lying coordinator; 30 seconds a step. */
  public static AggregationPlan standard() {
    return new AggregationPlan(
        AdversaryModel.SEMI_MALICIOUS,
        0.1,
        0.1,
        SecAggAssumptions.DEFAULT_PRIVACY_BITS,
        SecAggAssumptions.DEFAULT_CORRECTNESS_BITS,
        Duration.ofSeconds(30));
  }

  /** The same in the form that the protocol takes. */
  public SecAggAssumptions assumptions() {
    return new SecAggAssumptions(
        adversary, corruptFraction, dropoutFraction, privacyBits, correctnessBits);
  }

  /**
   * With how many others each participant shares secrets, and how many open one.
   *
   * @param minimumReports the smallest sum that opens
   * @throws IllegalArgumentException if no such numbers are both safe and reachable, or if messages
   *     have no room for so many neighbours
   */
  public SecAggParameters parametersFor(int minimumReports, int cohortSize) {
    try {
      SecAggParameters parameters =
          DerivedParameters.forRosters(minimumReports, cohortSize, assumptions());
      if (parameters.neighbours() > Limits.NEIGHBOURS) {
        throw new IllegalArgumentException(
            "a cohort of %d needs %d neighbours under these assumptions, expected at most %d"
                .formatted(cohortSize, parameters.neighbours(), Limits.NEIGHBOURS));
      }
      return parameters;
    } catch (InfeasibleSecAggException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
