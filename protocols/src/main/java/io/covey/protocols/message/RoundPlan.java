package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * The invitation to a round: topic {@code down/round/{round}/plan}.
 *
 * @param base the version to train from
 * @param minimumReports the round fails with fewer
 * @param reportingPeriod from receipt to the last moment at which a report is worth sending; whole
 *     milliseconds
 * @param aggregation how the updates are masked, and who can open what
 * @param signature of the session that the plan describes, by the coordinator's key
 */
public record RoundPlan(
    RoundId round,
    ModelManifest base,
    LocalTraining training,
    UpdateEncoding encoding,
    int cohortSize,
    int minimumReports,
    Duration reportingPeriod,
    SecureAggregationTerms aggregation,
    ByteString signature)
    implements RoundMessage {
  private static final ByteString UNSIGNED = ByteString.copyFrom(new byte[Limits.SIGNATURE_BYTES]);
  private static final Duration MINIMUM_PERIOD = Duration.ofMillis(1);
  private static final Duration MAXIMUM_PERIOD = Duration.ofDays(7);

  public RoundPlan {
    Limits.checkRange("cohort size", cohortSize, 1, Limits.COHORT);
    Limits.checkRange("minimum reports", minimumReports, 1, cohortSize);
    if (reportingPeriod.compareTo(MINIMUM_PERIOD) < 0
        || reportingPeriod.compareTo(MAXIMUM_PERIOD) > 0) {
      throw new IllegalArgumentException(
          "reporting period is "
              + reportingPeriod
              + ", expected "
              + MINIMUM_PERIOD
              + " to "
              + MAXIMUM_PERIOD);
    }
    // The wire counts milliseconds.
    reportingPeriod = reportingPeriod.truncatedTo(ChronoUnit.MILLIS);
    Limits.checkLength("signature", signature, Limits.SIGNATURE_BYTES);
    // Or a round might succeed with less noise than its terms promise.
    encoding
        .privacy()
        .ifPresent(
            terms ->
                Limits.checkRange(
                    "minimum honest participants", terms.minimumHonest(), 1, minimumReports));
    // Or a sum of reports would run over into the next lane.
    long largestSum = cohortSize * ((1L << encoding.valueBits()) - 1);
    Limits.checkRange("largest sum", largestSum, 0, (1L << encoding.laneBits()) - 1);
  }

  /**
   * From receipt to the last moment at which anything is worth sending: the reporting period, and
   * the four steps of secure aggregation beside it.
   */
  public Duration longestDuration() {
    return reportingPeriod.plus(aggregation.phaseTimeout().multipliedBy(4));
  }

  /** The same, with another signature. */
  public RoundPlan signed(ByteString by) {
    return new RoundPlan(
        round,
        base,
        training,
        encoding,
        cohortSize,
        minimumReports,
        reportingPeriod,
        aggregation,
        by);
  }

  /** What stands where the signature will be. */
  public static ByteString unsigned() {
    return UNSIGNED;
  }
}
