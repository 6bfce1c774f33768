package io.covey.coordinator.training;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is counted while a round runs, and the record of it. Thread rule: the owner's thread only.
 */
final class RoundTally {
  private final RoundId round;
  private final int number;
  private final VersionRecord base;
  private final Instant startedAt;
  private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
  private int invited;
  private int added;
  private long bytesUp;

  RoundTally(RoundId round, int number, VersionRecord base, Instant startedAt) {
    this.round = round;
    this.number = number;
    this.base = base;
    this.startedAt = startedAt;
  }

  void invited() {
    invited++;
  }

  void added() {
    added++;
  }

  void dropped(DropReason reason) {
    dropped.merge(reason, 1, Integer::sum);
  }

  void received(int bytes) {
    bytesUp += bytes;
  }

  RoundRecord running(long bytesDown) {
    return record(
        RoundRecord.State.RUNNING,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        bytesDown,
        Optional.empty());
  }

  RoundRecord failed(FailureReason reason, long bytesDown, Instant now) {
    return record(
        RoundRecord.State.FAILED,
        Optional.of(reason),
        Optional.empty(),
        Optional.empty(),
        bytesDown,
        Optional.of(now));
  }

  private RoundRecord record(
      RoundRecord.State state,
      Optional<FailureReason> failure,
      Optional<ModelVersion> committed,
      Optional<RoundRecord.Outcome> outcome,
      long bytesDown,
      Optional<Instant> endedAt) {
    return new RoundRecord(
        round,
        base.model(),
        number,
        base.version(),
        state,
        failure,
        committed,
        invited,
        added,
        dropped,
        outcome,
        bytesDown,
        bytesUp,
        startedAt,
        endedAt);
  }
}
