package io.covey.coordinator.round;

/** Why a member of a cohort is not in the sum, or why something that arrived was refused. */
public enum DropReason {
  /** Nothing arrived by the deadline. */
  DEADLINE,
  /** The agent went offline before it had reported. */
  LOST,
  DECLINED_BUSY,
  DECLINED_NO_EXAMPLES,
  DECLINED_MODEL_UNAVAILABLE,
  DECLINED_PLAN_REFUSED,
  DECLINED_TRAINING_FAILED,
  /** Two different messages where there can be only one. */
  CONFLICTING_DUPLICATE,
  /** Another number of words than the plan says. */
  WRONG_SHAPE,
  /** A lane or a weight beyond what the plan allows. */
  OUT_OF_RANGE,
  /** More bytes in flight than the coordinator keeps at once. */
  IN_FLIGHT_LIMIT
}
