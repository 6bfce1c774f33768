package io.covey.coordinator.round;

import io.covey.crypto.secagg.SecAggParameters;
import io.covey.protocols.message.LocalTraining;
import java.time.Duration;

/**
 * How a model is trained, round after round.
 *
 * @param cohortSize how many agents a round invites
 * @param minimumReports a round with fewer fails
 * @param valueBits bits of one quantized entry of an update
 * @param clipNorm L2 bound of a participant's update
 * @param maximumWeight examples beyond this many add no weight
 * @param maximumLoss bound of the mean loss that an example reports
 * @param selectionPeriod how long to wait for enough agents
 * @param reportingPeriod from the moment at which shares are exchanged to the last report
 * @param aggregation what secure aggregation assumes of the cohort
 */
public record TrainingPlan(
    int cohortSize,
    int minimumReports,
    LocalTraining training,
    int valueBits,
    float clipNorm,
    int maximumWeight,
    float maximumLoss,
    ServerOptimization optimization,
    Duration selectionPeriod,
    Duration reportingPeriod,
    AggregationPlan aggregation) {

  /** Largest cohort of one round. */
  public static final int MAXIMUM_COHORT = 65_536;

  /** Smaller sums hide too little, and need more helpers than there are. */
  public static final int MINIMUM_COHORT = 4;

  public TrainingPlan {
    check("cohortSize", cohortSize, MINIMUM_COHORT, MAXIMUM_COHORT);
    check("minimumReports", minimumReports, SecAggParameters.MINIMUM_COHORT, cohortSize);
    check("valueBits", valueBits, 4, 24);
    check("clipNorm", clipNorm, 1e-6, 1e6);
    check("maximumWeight", maximumWeight, 1, (1 << valueBits) - 1);
    check("maximumLoss", maximumLoss, 1e-6, 1e6);
    checkPeriod("selectionPeriod", selectionPeriod);
    checkPeriod("reportingPeriod", reportingPeriod);
    aggregation.parametersFor(minimumReports, cohortSize);
  }

  /** With how many others each participant shares secrets, and how many open one. */
  public SecAggParameters parameters() {
    return aggregation.parametersFor(minimumReports, cohortSize);
  }

  /** Good for a small model and a small fleet: 8 of 10 agents, 5 local epochs, FedAvg. */
  public static TrainingPlan standard() {
    return new TrainingPlan(
        8,
        4,
        new LocalTraining(5, 20, 0.1f, 0f),
        12,
        4f,
        512,
        16f,
        ServerOptimization.fedAvg(),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        AggregationPlan.standard());
  }

  private static void checkPeriod(String what, Duration period) {
    if (period.compareTo(Duration.ofMillis(1)) < 0 || period.compareTo(Duration.ofDays(7)) > 0) {
      throw new IllegalArgumentException(what + " is " + period + ", expected PT0.001S to P7D");
    }
  }

  private static void check(String what, double value, double minimum, double maximum) {
    // Written so that NaN is refused.
    if (!(value >= minimum && value <= maximum)) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }
}
