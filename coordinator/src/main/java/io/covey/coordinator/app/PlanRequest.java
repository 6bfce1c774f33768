package io.covey.coordinator.app;

import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.protocols.message.Limits;

/** What a privacy plan is asked for. */
record PlanRequest(
    Sampling sampling, Survival survival, PrivacyBudget budget, Observer observer, Model model) {
  static final int MAXIMUM_COHORT = TrainingPlan.MAXIMUM_COHORT;
  static final int MAXIMUM_PARAMETERS = Limits.PARAMETERS;

  /**
   * How cohorts are drawn.
   *
   * @param population of agents
   * @param cohort how many of them a round invites
   */
  record Sampling(long population, int cohort, long rounds) {}

  /**
   * Whose noise can be relied upon.
   *
   * @param minimumSurvivors no sum of fewer is opened
   * @param assumedCorrupt so many of them may add no noise
   */
  record Survival(int minimumSurvivors, int assumedCorrupt) {
    int minimumHonest() {
      return minimumSurvivors - assumedCorrupt;
    }
  }

  /** What is trained. */
  record Model(int parameters, boolean rotated) {}
}
