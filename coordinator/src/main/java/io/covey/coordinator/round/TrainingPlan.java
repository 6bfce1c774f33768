package io.covey.coordinator.round;

import io.covey.crypto.secagg.SecAggParameters;
import io.covey.protocols.message.LocalTraining;
import java.time.Duration;
import java.util.Optional;

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
 * @param privacy the noise that makes rounds differentially private; empty for none. With it value
 *     bits and maximum weight follow from the noise, and those of the plan are not used
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
    AggregationPlan aggregation,
    Optional<PrivacyPlan> privacy) {

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
    int smallestSum =
        smallestSum(minimumReports, aggregation.parametersFor(minimumReports, cohortSize));
    if (privacy.isPresent() && smallestSum <= aggregation.assumptions().corruptOf(cohortSize)) {
      throw new IllegalArgumentException(
          "a sum of %d updates may open, and %d of the cohort of %d may be corrupt: nobody's noise"
                  .formatted(
                      smallestSum, aggregation.assumptions().corruptOf(cohortSize), cohortSize)
              + " is certain; expected more reports or fewer corrupt");
    }
  }

  /** A plan without noise. */
  public TrainingPlan(
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
    this(
        cohortSize,
        minimumReports,
        training,
        valueBits,
        clipNorm,
        maximumWeight,
        maximumLoss,
        optimization,
        selectionPeriod,
        reportingPeriod,
        aggregation,
        Optional.empty());
  }

  /** The same plan with other privacy. */
  public TrainingPlan withPrivacy(Optional<PrivacyPlan> other) {
    return new TrainingPlan(
        cohortSize,
        minimumReports,
        training,
        valueBits,
        clipNorm,
        maximumWeight,
        maximumLoss,
        optimization,
        selectionPeriod,
        reportingPeriod,
        aggregation,
        other);
  }

  /** The same plan with another clip norm. */
  public TrainingPlan clippedTo(float norm) {
    return new TrainingPlan(
        cohortSize,
        minimumReports,
        training,
        valueBits,
        norm,
        maximumWeight,
        maximumLoss,
        optimization,
        selectionPeriod,
        reportingPeriod,
        aggregation,
        privacy);
  }

  /** No sum of fewer updates opens: with fewer no secret does, or the sum hides too little. */
  public int smallestSum() {
    return smallestSum(minimumReports, parameters());
  }

  /** How many participants' noise is certain: of the smallest sum, those assumed to be honest. */
  public int minimumHonest() {
    return smallestSum() - aggregation.assumptions().corruptOf(cohortSize);
  }

  private static int smallestSum(int minimumReports, SecAggParameters parameters) {
    return Math.max(minimumReports, parameters.threshold() + 1);
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
