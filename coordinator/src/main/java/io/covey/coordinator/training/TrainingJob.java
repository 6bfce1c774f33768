package io.covey.coordinator.training;

import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.id.ModelName;
import java.time.Instant;

/**
 * The training of one model: so many rounds by one plan.
 *
 * @param roundsWanted rounds that shall commit
 * @param roundsCommitted rounds that have
 * @param roundsFailed rounds that failed since the job was started
 * @param detail for people: why the job stopped; empty otherwise
 */
public record TrainingJob(
    ModelName model,
    TrainingPlan plan,
    int roundsWanted,
    int roundsCommitted,
    int roundsFailed,
    State state,
    String detail,
    Instant startedAt) {

  /** What the job does. */
  public enum State {
    RUNNING,
    PAUSED,
    /** All rounds committed. */
    COMPLETED,
    /** Too many rounds failed in a row. */
    STOPPED
  }

  /** The same job in another state. */
  TrainingJob in(State newState, String newDetail) {
    return new TrainingJob(
        model, plan, roundsWanted, roundsCommitted, roundsFailed, newState, newDetail, startedAt);
  }

  /** The same job with so many rounds behind it. */
  TrainingJob withCounts(int committed, int failed) {
    return new TrainingJob(model, plan, roundsWanted, committed, failed, state, detail, startedAt);
  }
}
