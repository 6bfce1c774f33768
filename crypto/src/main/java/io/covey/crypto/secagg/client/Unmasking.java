package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Step 5: once t neighbours have signed the very survivor set that this participant signed, and
 * once that decision is on disk, releases one share of each neighbour: of the self-mask secret if
 * it survived, of the mask key if it dropped. Never both, since the two sets are disjoint and there
 * is one answer.
 */
final class Unmasking implements ClientPhase {
  private final ClientSession session;
  private final Neighbourhood around;
  private final SurvivorSet set;
  private boolean decided;

  Unmasking(ClientSession session, Neighbourhood around, SurvivorSet set) {
    this.session = session;
    this.around = around;
    this.set = set;
  }

  @Override
  public Step<ClientPhase, ClientEffect> on(ClientEvent event) {
    if (event instanceof ClientEvent.UnmaskingRequested request && !decided) {
      return decide(request);
    }
    if (event instanceof ClientEvent.DecisionPersisted persisted
        && isAwaited(persisted.session())) {
      return session.finish(new ClientEffect.SendUnmasking(answer()));
    }
    if (event instanceof ClientEvent.DecisionRefused refused && isAwaited(refused.session())) {
      return session.leave(RefusalReason.ANSWERED_BEFORE);
    }
    return session.otherwise(this, event);
  }

  private boolean isAwaited(Octets decidedSession) {
    return decided && decidedSession.equals(session.id());
  }

  private Step<ClientPhase, ClientEffect> decide(ClientEvent.UnmaskingRequested request) {
    if (request.confirmations().size() > around.neighbours().size()) {
      return session.leave(RefusalReason.OVERSIZED_MESSAGE);
    }
    if (!isConfirmed(request.confirmations())) {
      return session.leave(RefusalReason.SURVIVORS_NOT_CONFIRMED);
    }
    session.accept(request);
    decided = true;
    return new Step<>(this, List.of(new ClientEffect.PersistDecision(session.id(), set.root())));
  }

  private boolean isConfirmed(List<Confirmation> confirmations) {
    int threshold = session.descriptor().cohort().threshold();
    Set<AgentId> confirmed = new HashSet<>();
    for (Confirmation confirmation : confirmations) {
      // t are enough: signatures are what costs most here.
      if (confirmed.size() < threshold
          && !confirmed.contains(confirmation.from())
          && isOfANeighbour(confirmation)
          && isOfTheSameSet(confirmation)) {
        confirmed.add(confirmation.from());
      }
    }
    return confirmed.size() >= threshold;
  }

  private boolean isOfANeighbour(Confirmation confirmation) {
    return around.neighbours().contains(confirmation.from())
        && set.survivors().contains(confirmation.from());
  }

  private boolean isOfTheSameSet(Confirmation confirmation) {
    return confirmation.session().equals(session.id())
        && confirmation.root().equals(set.root())
        && session
            .primitives()
            .isSigned(confirmation.from(), confirmation.statement(), confirmation.signature());
  }

  private UnmaskingShares answer() {
    SortedMap<AgentId, SecretBytes> selfMaskShares = new TreeMap<>();
    SortedMap<AgentId, SecretBytes> maskKeyShares = new TreeMap<>();
    for (Map.Entry<AgentId, SecretBytes> held : session.held().entrySet()) {
      if (set.survivors().contains(held.getKey())) {
        selfMaskShares.put(held.getKey(), ShareBox.selfMaskShare(held.getValue()));
      } else if (set.dropped().contains(held.getKey())) {
        maskKeyShares.put(held.getKey(), ShareBox.maskKeyShare(held.getValue()));
      }
    }
    return new UnmaskingShares(session.id(), session.self(), selfMaskShares, maskKeyShares);
  }
}
