package io.covey.crypto.secagg.server;

import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * A coordinator's session; see the package for the transitions.
 *
 * <p>Thread rule: confined to one thread. A phase hands its state on to its successor and must not
 * be used after it has answered with another phase. In its own step a message that comes again as
 * it was is ignored and a different one drops its sender; messages of other steps, and of agents
 * that are not waited for, are ignored. Secrets in a message that a phase does not keep are wiped.
 */
public sealed interface ServerPhase
    permits AdvertiseKeys,
        ShareKeys,
        MaskedInput,
        ConsistencyCheck,
        Unmasking,
        ServerPhase.Completed,
        ServerPhase.Failed {

  /** The one transition function. */
  Step<ServerPhase, ServerEffect> on(ServerEvent event);

  /** The step that waits for participants; empty when none does. */
  Optional<ServerEvent.Stage> stage();

  /** Who may still answer in this step. */
  Set<AgentId> awaited();

  /** How many have answered in this step. */
  int answered();

  /** The sum is open. */
  record Completed(SortedSet<AgentId> survivors) implements ServerPhase {
    @Override
    public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
      event.wipe();
      return Step.stay(this);
    }

    @Override
    public Optional<ServerEvent.Stage> stage() {
      return Optional.empty();
    }

    @Override
    public Set<AgentId> awaited() {
      return Set.of();
    }

    @Override
    public int answered() {
      return 0;
    }
  }

  /** No sum opens. */
  record Failed(FailureReason reason) implements ServerPhase {
    @Override
    public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
      event.wipe();
      return Step.stay(this);
    }

    @Override
    public Optional<ServerEvent.Stage> stage() {
      return Optional.empty();
    }

    @Override
    public Set<AgentId> awaited() {
      return Set.of();
    }

    @Override
    public int answered() {
      return 0;
    }
  }
}
