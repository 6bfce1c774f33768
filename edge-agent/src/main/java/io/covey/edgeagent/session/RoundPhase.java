package io.covey.edgeagent.session;

import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundPlan;
import java.util.Optional;

/** Where the agent stands in the one round that it may be in. */
public sealed interface RoundPhase {

  /** The invitation that this phase goes back to. */
  Optional<RoundPlan> plannedBy();

  /** The round that this phase belongs to. */
  default Optional<RoundId> round() {
    return plannedBy().map(RoundPlan::round);
  }

  /** In no round. */
  record Idle() implements RoundPhase {
    @Override
    public Optional<RoundPlan> plannedBy() {
      return Optional.empty();
    }
  }

  /** The base version is being brought into the cache. */
  record Preparing(RoundPlan plan) implements RoundPhase {
    @Override
    public Optional<RoundPlan> plannedBy() {
      return Optional.of(plan);
    }
  }

  /** The agent trains. */
  record Training(RoundPlan plan) implements RoundPhase {
    @Override
    public Optional<RoundPlan> plannedBy() {
      return Optional.of(plan);
    }
  }

  /** The update is being published. */
  record Reporting(RoundPlan plan) implements RoundPhase {
    @Override
    public Optional<RoundPlan> plannedBy() {
      return Optional.of(plan);
    }
  }
}
