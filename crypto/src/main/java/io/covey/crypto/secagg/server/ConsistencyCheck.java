package io.covey.crypto.secagg.server;

import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Step 4: collects survivors' confirmations and passes them to their neighbours. */
final class ConsistencyCheck implements ServerPhase {
  private final ServerSession session;
  private final Masked masked;
  private final Gathering<Confirmation> gathering;

  ConsistencyCheck(ServerSession session, Masked masked) {
    this.session = session;
    this.masked = masked;
    this.gathering = new Gathering<>(masked.set().survivors());
  }

  @Override
  public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
    List<ServerEffect> effects = new ArrayList<>();
    boolean over = gathering.endsBy(event, ServerEvent.Stage.CONSISTENCY_CHECK, effects);
    if (event instanceof ServerEvent.Cancelled) {
      return session.fail(FailureReason.CANCELLED, effects);
    }
    if (event instanceof ServerEvent.Confirmed confirmed) {
      Confirmation message = confirmed.message();
      gathering.take(message.from(), message, () -> faultOf(message), effects);
      over = gathering.isComplete();
    }
    session.remember(event);
    event.wipe();
    return over ? close(effects) : new Step<>(this, effects);
  }

  private Optional<DropReason> faultOf(Confirmation message) {
    if (!message.session().equals(session.id()) || !message.root().equals(masked.root())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    return session.primitives().isSigned(message.from(), message.statement(), message.signature())
        ? Optional.empty()
        : Optional.of(DropReason.SIGNATURE_INVALID);
  }

  private Step<ServerPhase, ServerEffect> close(List<ServerEffect> effects) {
    gathering.dropSilent(effects);
    Cohort cohort = masked.cohort();
    BitSet confirming = cohort.ranksOf(gathering.received().keySet());
    // Others would refuse: they need t neighbours' confirmations themselves.
    BitSet answering = new BitSet();
    confirming.stream()
        .filter(rank -> cohort.neighboursIn(confirming, rank) >= session.threshold())
        .forEach(answering::set);
    BitSet sharing = cohort.ranksOf(masked.shares().keySet());
    if (!cohort.allHave(session.threshold(), answering, sharing)) {
      return session.fail(FailureReason.TOO_FEW_CONFIRMATIONS, effects);
    }
    answering.stream().forEach(rank -> effects.add(request(rank)));
    effects.add(session.deadline(ServerEvent.Stage.UNMASKING));
    return session.enter(new Unmasking(session, masked, cohort.agents(answering)), effects);
  }

  private ServerEffect request(int rank) {
    List<Confirmation> ofNeighbours = new ArrayList<>();
    for (int neighbour : masked.cohort().neighboursOf(rank)) {
      Confirmation confirmation = gathering.received().get(masked.cohort().agent(neighbour));
      if (confirmation != null) {
        ofNeighbours.add(confirmation);
      }
    }
    return new ServerEffect.RequestUnmasking(masked.cohort().agent(rank), ofNeighbours);
  }

  @Override
  public Optional<ServerEvent.Stage> stage() {
    return Optional.of(ServerEvent.Stage.CONSISTENCY_CHECK);
  }

  @Override
  public Set<AgentId> awaited() {
    return gathering.awaited();
  }

  @Override
  public int answered() {
    return gathering.received().size();
  }
}
