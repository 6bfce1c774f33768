package io.covey.coordinator.round;

import io.covey.coordinator.round.Cohort.Standing;
import java.util.ArrayList;
import java.util.List;

/** No more updates are taken; the last ones go into the sum, and then it is opened. */
public final class Aggregating implements RoundPhase {
  private final TrainingPlan plan;
  private final Cohort cohort;

  Aggregating(TrainingPlan plan, Cohort cohort) {
    this.plan = plan;
    this.cohort = cohort;
  }

  Step begin(List<RoundEffect> before) {
    return advance(before);
  }

  @Override
  public Step on(RoundEvent event) {
    if (event instanceof RoundEvent.UpdateAdded added) {
      cohort.become(added.agent(), Standing.ADDED);
      return advance(List.of());
    }
    if (event instanceof RoundEvent.UpdateRejected rejected) {
      cohort.become(rejected.agent(), Standing.DROPPED);
      return advance(List.of(new RoundEffect.Drop(rejected.agent(), rejected.reason())));
    }
    if (event instanceof RoundEvent.SumOpened) {
      return Step.of(new Committing(cohort.members()), new RoundEffect.Commit());
    }
    if (event instanceof RoundEvent.WorkFailed failed) {
      return fail(failed.reason(), List.of());
    }
    if (event instanceof RoundEvent.ChunkReceived chunk) {
      return Step.of(this, new RoundEffect.Refuse(chunk.agent(), RefusalReason.LATE));
    }
    if (event instanceof RoundEvent.Cancelled) {
      return fail(FailureReason.CANCELLED, List.of());
    }
    return Step.stay(this);
  }

  private Step advance(List<RoundEffect> before) {
    if (cohort.possibleReports() < plan.minimumReports()) {
      return fail(FailureReason.NOT_ENOUGH_REPORTS, before);
    }
    if (cohort.count(Standing.ADDING) > 0) {
      return new Step(this, before);
    }
    List<RoundEffect> effects = new ArrayList<>(before);
    effects.add(new RoundEffect.OpenSum(cohort.count(Standing.ADDED)));
    return new Step(this, effects);
  }

  private Step fail(FailureReason reason, List<RoundEffect> before) {
    List<RoundEffect> effects = new ArrayList<>(before);
    effects.add(new RoundEffect.Close(cohort.members(), false));
    return new Step(new Failed(reason), effects);
  }
}
