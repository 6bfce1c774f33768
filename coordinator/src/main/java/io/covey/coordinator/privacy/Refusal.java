package io.covey.coordinator.privacy;

import io.covey.crypto.privacy.accounting.BudgetRefusal;

/**
 * A model's budget does not allow another round.
 *
 * @param detail for people: what is left, and what to do
 */
public record Refusal(Reason reason, String detail) {

  /** Why. */
  public enum Reason {
    /** The round would have no noise. */
    PLAN_WITHOUT_NOISE,
    /** Earlier rounds had no noise, which no budget covers. */
    EARLIER_ROUNDS_WITHOUT_NOISE,
    /** With the round, more than epsilon would be spent. */
    EPSILON_EXHAUSTED,
    /** With the round, what noise is clamped does not fit delta. */
    DELTA_EXHAUSTED;

    static Reason of(BudgetRefusal refusal) {
      return switch (refusal) {
        case EPSILON_EXHAUSTED -> EPSILON_EXHAUSTED;
        case DELTA_EXHAUSTED -> DELTA_EXHAUSTED;
      };
    }
  }
}
