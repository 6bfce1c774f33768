package io.covey.coordinator.training;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundRecord;

/**
 * Keeps what a round achieved. Calls block; a failure is a {@link java.io.UncheckedIOException}.
 */
public interface CommitStore {

  /**
   * Adds the version and replaces the round's record and the job in one transaction: after a crash
   * either all of it is there or nothing.
   *
   * @throws IllegalStateException when the version is not the successor of the model's newest one
   */
  void commit(VersionRecord version, RoundRecord round, TrainingJob job);
}
