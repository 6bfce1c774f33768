package io.covey.coordinator.round;

/** Why a message changed nothing. */
public enum RefusalReason {
  /** No such round runs. */
  UNKNOWN_ROUND,
  /** The sender is not in the cohort. */
  FOREIGN,
  /** The round takes no updates any more. */
  LATE,
  /** The same bytes were here before; MQTT's QoS 1 may deliver twice. */
  DUPLICATE,
  /** The sender was dropped from this round. */
  DROPPED,
  /** The sender was not told that its chunks may come. */
  NOT_GRANTED,
  /** More bytes wait to be looked at than the coordinator keeps at once. */
  OVERLOADED,
  /** A message that the step under way has no use for. */
  OUT_OF_STEP,
  /** The sender's update is in the sum already, and these bytes differ from it. */
  CONFLICTING
}
