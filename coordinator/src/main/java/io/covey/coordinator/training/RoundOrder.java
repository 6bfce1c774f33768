package io.covey.coordinator.training;

import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundSetup;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.UpdateEncoding;
import java.util.random.RandomGenerator;

/**
 * One round to run.
 *
 * @param number counts the model's rounds from 1
 * @param bytesSentBefore the messenger's count when the round before ended
 */
record RoundOrder(
    RoundId round,
    int number,
    VersionRecord base,
    RoundPlan plan,
    UpdateLayout layout,
    RoundSetup setup,
    long inFlightBytes,
    long bytesSentBefore) {

  static RoundOrder of(
      RoundId round,
      int number,
      VersionRecord base,
      int parameterCount,
      TrainingPlan plan,
      RandomGenerator selection,
      long inFlightBytes,
      long bytesSentBefore) {
    UpdateEncoding encoding =
        new UpdateEncoding(
            parameterCount,
            plan.valueBits(),
            LaneLayout.minimumLaneBits(plan.valueBits(), plan.cohortSize()),
            plan.clipNorm(),
            plan.maximumWeight(),
            plan.maximumLoss());
    UpdateLayout layout = UpdateLayout.of(encoding, plan.cohortSize());
    RoundPlan message =
        new RoundPlan(
            round,
            base.manifest(),
            plan.training(),
            encoding,
            plan.cohortSize(),
            plan.minimumReports(),
            plan.reportingPeriod());
    RoundSetup setup = new RoundSetup(plan, layout.words(), Limits.CHUNK_WORDS, selection);
    return new RoundOrder(
        round, number, base, message, layout, setup, inFlightBytes, bytesSentBefore);
  }

  /** Payload bytes said to agents since the round before ended: the base version and this round. */
  long bytesDown(FleetMessenger messenger) {
    return messenger.bytesSent() - bytesSentBefore;
  }
}
