package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The invitation to a round: topic {@code down/round/{round}/plan}.
 *
 * @param base the version to train from
 * @param minimumReports the round fails with fewer
 * @param reportingPeriod from receipt to the last moment at which a report is worth sending; whole
 *     milliseconds
 * @param aggregation how the updates are masked, and who can open what
 * @param signature of the session that the plan describes, by the coordinator's key
 * @param keys that the base's files are sealed with; not part of what the session is named by
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
    ByteString signature,
    List<WrappedContentKey> keys)
    implements RoundMessage {
  private static final ByteString UNSIGNED = ByteString.copyFrom(new byte[Limits.SIGNATURE_BYTES]);
  private static final Duration MINIMUM_PERIOD = Duration.ofMillis(1);
  private static final Duration MAXIMUM_PERIOD = Duration.ofDays(7);

  public RoundPlan {
    keys = WrappedContentKey.checked(keys);
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

  /** From a base that travels as it is. */
  public RoundPlan(
      RoundId round,
      ModelManifest base,
      LocalTraining training,
      UpdateEncoding encoding,
      int cohortSize,
      int minimumReports,
      Duration reportingPeriod,
      SecureAggregationTerms aggregation,
      ByteString signature) {
    this(
        round,
        base,
        training,
        encoding,
        cohortSize,
        minimumReports,
        reportingPeriod,
        aggregation,
        signature,
        List.of());
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
    return with(by, keys);
  }

  /** The same with one way to each file of the base, which does not depend on the way. */
  RoundPlan withoutDifferences() {
    return new RoundPlan(
        round,
        base.withoutDifferences(),
        training,
        encoding,
        cohortSize,
        minimumReports,
        reportingPeriod,
        aggregation,
        signature,
        keys);
  }

  /** The same, with other keys beside it. */
  public RoundPlan with(List<WrappedContentKey> others) {
    return with(signature, others);
  }

  private RoundPlan with(ByteString by, List<WrappedContentKey> others) {
    return new RoundPlan(
        round,
        base,
        training,
        encoding,
        cohortSize,
        minimumReports,
        reportingPeriod,
        aggregation,
        by,
        others);
  }

  /** What stands where the signature will be. */
  public static ByteString unsigned() {
    return UNSIGNED;
  }
}
