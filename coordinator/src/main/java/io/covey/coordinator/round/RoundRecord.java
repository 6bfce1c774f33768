package io.covey.coordinator.round;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One round, for people and for the record: only figures of the whole cohort.
 *
 * @param number counts the model's rounds from 1
 * @param failure why it failed; present exactly when the state is FAILED
 * @param committed the version it made; present exactly when the state is COMMITTED
 * @param cohort how many were invited
 * @param reported how many updates are in the sum
 * @param dropped how many were dropped, by reason
 * @param outcome present exactly when the state is COMMITTED
 * @param bytesDown payload bytes sent to agents for this round and its new version
 * @param bytesUp payload bytes received from agents for this round
 */
public record RoundRecord(
    RoundId round,
    ModelName model,
    int number,
    ModelVersion base,
    State state,
    Optional<FailureReason> failure,
    Optional<ModelVersion> committed,
    int cohort,
    int reported,
    Map<DropReason, Integer> dropped,
    Optional<Outcome> outcome,
    long bytesDown,
    long bytesUp,
    Instant startedAt,
    Optional<Instant> endedAt) {

  /** How far a round has come. */
  public enum State {
    RUNNING,
    COMMITTED,
    FAILED
  }

  /**
   * What a committed round achieved.
   *
   * @param trainingLoss mean over the cohort's examples, of the base version
   * @param trainingAccuracy 0 to 1, over the cohort's examples, of the base version
   * @param heldOutLoss of the new version; NaN without held-out examples
   * @param heldOutAccuracy 0 to 1, of the new version; NaN without held-out examples
   */
  public record Outcome(
      double trainingLoss, double trainingAccuracy, double heldOutLoss, double heldOutAccuracy) {}

  public RoundRecord {
    dropped = Map.copyOf(dropped);
  }

  /** The record of this round once it has made {@code version}. */
  public RoundRecord committedAs(ModelVersion version, Outcome achieved, Instant now) {
    return new RoundRecord(
        round,
        model,
        number,
        base,
        State.COMMITTED,
        Optional.empty(),
        Optional.of(version),
        cohort,
        reported,
        dropped,
        Optional.of(achieved),
        bytesDown,
        bytesUp,
        startedAt,
        Optional.of(now));
  }
}
