package io.covey.crypto.privacy;

/** Why an update is not one that a participant following the round's plan could have sent. */
public enum UpdateRefusal {
  /** Another number of bytes than the plan says, or a piece that is no whole number of words. */
  WRONG_LENGTH,
  /** A lane holds more than 2^b-1, or a bit outside all lanes is set. */
  LANE_OUT_OF_RANGE,
  /** The weight is zero or above the maximum weight. */
  WEIGHT_OUT_OF_RANGE,
  /** More loss than the maximum loss allows for the weight. */
  LOSS_EXCEEDS_WEIGHT,
  /** More correct examples than the weight. */
  CORRECT_EXCEEDS_WEIGHT
}
