package io.covey.crypto.secagg.server;

import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
    return over ? close(effects) : new Step<>(this, effects);
  }

  private Optional<DropReason> faultOf(Confirmation message) {
    if (!message.session().equals(session.id()) || !message.root().equals(masked.set().root())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    return session.primitives().isSigned(message.from(), message.statement(), message.signature())
        ? Optional.empty()
        : Optional.of(DropReason.SIGNATURE_INVALID);
  }

  private Step<ServerPhase, ServerEffect> close(List<ServerEffect> effects) {
    gathering.dropSilent(effects);
    Map<AgentId, Confirmation> confirmations = gathering.received();
    // Others would refuse: they need t neighbours' confirmations themselves.
    Set<AgentId> answering = new TreeSet<>(confirmations.keySet());
    answering.removeIf(
        agent -> masked.cohort().neighboursIn(confirmations.keySet(), agent) < session.threshold());
    if (!masked.cohort().allHave(session.threshold(), answering, masked.shares().keySet())) {
      return session.fail(FailureReason.TOO_FEW_CONFIRMATIONS, effects);
    }
    for (AgentId agent : answering) {
      List<Confirmation> ofNeighbours = new ArrayList<>(confirmations.values());
      ofNeighbours.removeIf(c -> !masked.cohort().graph().of(agent).contains(c.from()));
      effects.add(new ServerEffect.RequestUnmasking(agent, ofNeighbours));
    }
    effects.add(session.deadline(ServerEvent.Stage.UNMASKING));
    return new Step<>(new Unmasking(session, masked, answering), effects);
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
