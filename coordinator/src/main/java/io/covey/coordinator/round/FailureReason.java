package io.covey.coordinator.round;

/** Why a round failed. The version it started from stays the newest. */
public enum FailureReason {
  /** Fewer eligible agents than the round's minimum by the end of the selection period. */
  NOT_ENOUGH_AGENTS,
  /** Fewer reports than the round's minimum by the deadline, or no way left to reach it. */
  NOT_ENOUGH_REPORTS,
  /** The sum held no examples, or the new weights were not finite. */
  UNUSABLE_AGGREGATE,
  /** The new version could not be evaluated or stored. */
  COMMIT_FAILED,
  /** An operator paused the training or the coordinator was shut down in order. */
  CANCELLED,
  /** The coordinator died while the round ran. */
  COORDINATOR_RESTARTED
}
