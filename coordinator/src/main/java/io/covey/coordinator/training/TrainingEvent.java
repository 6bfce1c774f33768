package io.covey.coordinator.training;

import io.covey.coordinator.round.RoundRecord;

/** A change that somebody may watch. */
public sealed interface TrainingEvent {

  /** A round began, got on, or ended. */
  record OfRound(RoundRecord round) implements TrainingEvent {}

  /** The job began, paused, resumed or ended. */
  record OfJob(TrainingJob job) implements TrainingEvent {}
}
