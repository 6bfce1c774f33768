package io.covey.crypto.privacy.accounting;

/** Against whom a figure holds. */
public enum Observer {
  /**
   * The coordinator, and whoever sees what it sees: every opened sum, and who was in each cohort.
   * That it draws cohorts at random hides nothing from it. No assumption beyond the mechanism's.
   */
  COORDINATOR,

  /**
   * Whoever sees the released models and not who took part. Assumes that each participant is in a
   * cohort with probability q, independently of the others and of earlier rounds (Poisson
   * sampling), and that the noise in a sum does not depend on that. Cohorts of a fixed size are
   * nearly but not exactly drawn like this.
   */
  MODEL_CONSUMER
}
