package io.covey.crypto.privacy.accounting;

/** Why a budget does not allow another round. */
public enum BudgetRefusal {
  /** With it, more than epsilon would be spent. */
  EPSILON_EXHAUSTED,
  /** The distance between the rounds and the mechanism they are counted as does not fit delta. */
  DELTA_EXHAUSTED
}
