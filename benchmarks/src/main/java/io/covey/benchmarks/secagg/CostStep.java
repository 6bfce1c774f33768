package io.covey.benchmarks.secagg;

/** A step that has a figure of its own in the result. */
sealed interface CostStep permits ParticipantStep, CoordinatorStep {
  /** Its name in JSON. */
  String label();
}
