package io.covey.coordinator.round;

import io.covey.protocols.id.AgentId;
import java.util.List;

/**
 * The new version is made, evaluated and stored. From here on the round can no longer be cancelled.
 */
public final class Committing implements RoundPhase {
  private final List<AgentId> members;

  Committing(List<AgentId> members) {
    this.members = members;
  }

  @Override
  public Step on(RoundEvent event) {
    if (event instanceof RoundEvent.VersionCommitted committed) {
      return Step.of(new Completed(committed.version()), new RoundEffect.Close(members, true));
    }
    if (event instanceof RoundEvent.WorkFailed failed) {
      return Step.of(new Failed(failed.reason()), new RoundEffect.Close(members, false));
    }
    return AfterTheEnd.answer(this, event);
  }
}
