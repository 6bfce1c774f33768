package io.covey.protocols.message;

import io.covey.protocols.id.RoundId;
import java.time.Duration;

/**
 * The invitation to a round: topic {@code down/round/{round}/plan}.
 *
 * @param base the version to train from
 * @param minimumReports the round fails with fewer
 * @param reportingPeriod from receipt to the last moment at which a report is worth sending
 */
public record RoundPlan(
    RoundId round,
    ModelManifest base,
    LocalTraining training,
    UpdateEncoding encoding,
    int cohortSize,
    int minimumReports,
    Duration reportingPeriod)
    implements Message {
  public RoundPlan {
    Limits.checkRange("cohort size", cohortSize, 1, Limits.COHORT);
    Limits.checkRange("minimum reports", minimumReports, 1, cohortSize);
    Limits.checkRange("reporting period (ms)", reportingPeriod.toMillis(), 1, 7L * 86_400_000);
  }
}
