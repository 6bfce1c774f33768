package io.covey.coordinator.round;

import io.covey.protocols.id.AgentId;
import java.util.List;

/** The masks are off the sum; it is being decoded. */
public final class Aggregating implements RoundPhase {
  private final List<AgentId> members;

  Aggregating(List<AgentId> members) {
    this.members = members;
  }

  @Override
  public Step on(RoundEvent event) {
    if (event instanceof RoundEvent.SumOpened) {
      return Step.of(new Committing(members), new RoundEffect.Commit());
    }
    if (event instanceof RoundEvent.WorkFailed failed) {
      return fail(failed.reason());
    }
    if (event instanceof RoundEvent.Cancelled) {
      return fail(FailureReason.CANCELLED);
    }
    return AfterTheEnd.answer(this, event);
  }

  private Step fail(FailureReason reason) {
    return Step.of(new Failed(reason), new RoundEffect.Close(members, false));
  }
}
