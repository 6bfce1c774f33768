package io.covey.coordinator.round;

/** Why a round failed. The version it started from stays the newest. */
public enum FailureReason {
  /** Fewer eligible agents than the round's minimum by the end of the selection period. */
  NOT_ENOUGH_AGENTS,
  /** Fewer reports than the round's minimum by the deadline, or no way left to reach it. */
  NOT_ENOUGH_REPORTS,
  /** Somebody has too few neighbours whose updates are in the sum: its secrets could not open. */
  TOO_FEW_SURVIVING_NEIGHBOURS,
  /** Too few survivors confirmed who is in the sum. */
  TOO_FEW_CONFIRMATIONS,
  /** Too few right shares of some secret: masks stay on the sum. */
  SECRET_NOT_OPENED,
  /** What the round costs in privacy could not be recorded, so nobody was asked to unmask. */
  PRIVACY_COST_NOT_RECORDED,
  /** The model's privacy budget, lowered while the round ran, does not allow its sum to open. */
  PRIVACY_BUDGET_EXHAUSTED,
  /** The sum held no examples, or the new weights were not finite. */
  UNUSABLE_AGGREGATE,
  /** The new version could not be evaluated or stored. */
  COMMIT_FAILED,
  /** A defect of this software; the log says more. */
  INTERNAL_ERROR,
  /** An operator paused the training or the coordinator was shut down in order. */
  CANCELLED,
  /** The coordinator died while the round ran. */
  COORDINATOR_RESTARTED
}
