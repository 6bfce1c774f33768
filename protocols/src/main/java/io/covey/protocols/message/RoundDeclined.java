package io.covey.protocols.message;

import io.covey.protocols.id.RoundId;

/**
 * A participant leaves a round by its own choice: topic {@code up/round/{round}/decline}.
 *
 * @param detail for people; cleaned by {@link Limits#readable}
 */
public record RoundDeclined(RoundId round, Reason reason, String detail) implements RoundMessage {

  /** Why. */
  public enum Reason {
    BUSY,
    NO_EXAMPLES,
    MODEL_UNAVAILABLE,
    PLAN_REFUSED,
    TRAINING_FAILED
  }

  public RoundDeclined {
    detail = Limits.readable(detail);
  }
}
