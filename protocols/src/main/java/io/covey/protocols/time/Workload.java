package io.covey.protocols.time;

/**
 * How much work a task is, in units of its kind. Real schedulers ignore it; a simulated device
 * takes its time from it.
 *
 * @param units passes over one example for {@link Kind#TRAINING}, bytes for {@link Kind#STORAGE},
 *     vector entries for {@link Kind#AGGREGATION}, examples for {@link Kind#EVALUATION}; at least 0
 */
public record Workload(Kind kind, long units) {

  /** What the work consists of. */
  public enum Kind {
    TRAINING,
    EVALUATION,
    AGGREGATION,
    STORAGE
  }

  public Workload {
    if (units < 0) {
      throw new IllegalArgumentException("workload of " + units + " units, expected at least 0");
    }
  }
}
