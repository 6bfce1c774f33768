package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Step 2: collects sealed shares and passes them on. */
final class ShareKeys implements ServerPhase {
  private final ServerSession session;
  private final Cohort cohort;
  private final Gathering<SealedShares> gathering;

  ShareKeys(ServerSession session, Cohort cohort) {
    this.session = session;
    this.cohort = cohort;
    this.gathering =
        new Gathering<>(
            cohort.roster().entries().stream()
                .map(KeyAdvertisement::from)
                .collect(Collectors.toSet()));
  }

  @Override
  public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
    List<ServerEffect> effects = new ArrayList<>();
    boolean over = gathering.endsBy(event, ServerEvent.Stage.SHARE_KEYS, effects);
    if (event instanceof ServerEvent.Cancelled) {
      return session.fail(FailureReason.CANCELLED, effects);
    }
    if (event instanceof ServerEvent.SharesReceived shares) {
      SealedShares message = shares.message();
      gathering.take(message.from(), message, () -> faultOf(message), effects);
      over = gathering.isComplete();
    }
    return over ? close(effects) : new Step<>(this, effects);
  }

  private Optional<DropReason> faultOf(SealedShares message) {
    if (!message.session().equals(session.id())
        || !message.rosterRoot().equals(cohort.roster().root())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    return message.boxes().keySet().equals(cohort.graph().of(message.from()))
        ? Optional.empty()
        : Optional.of(DropReason.WRONG_BOXES);
  }

  private Step<ServerPhase, ServerEffect> close(List<ServerEffect> effects) {
    gathering.dropSilent(effects);
    dropWithoutNeighbours(effects);
    Map<AgentId, SealedShares> shares = gathering.received();
    if (shares.size() < session.minimum()) {
      return session.fail(FailureReason.COHORT_TOO_SMALL, effects);
    }
    for (AgentId to : shares.keySet()) {
      Map<AgentId, Octets> boxes = new HashMap<>();
      for (AgentId from : cohort.graph().of(to)) {
        SealedShares message = shares.get(from);
        Octets box = message == null ? null : message.boxes().get(to);
        if (box != null) {
          boxes.put(from, box);
        }
      }
      effects.add(new ServerEffect.DeliverShares(to, boxes));
    }
    effects.add(session.deadline(ServerEvent.Stage.MASKED_INPUT));
    return new Step<>(new MaskedInput(session, cohort, shares), effects);
  }

  /** Each that is dropped may be one too few for another; ends since somebody goes each time. */
  private void dropWithoutNeighbours(List<ServerEffect> effects) {
    Optional<AgentId> lonely;
    do {
      lonely =
          gathering.received().keySet().stream()
              .filter(
                  agent ->
                      cohort.neighboursIn(gathering.received().keySet(), agent)
                          < session.threshold())
              .findFirst();
      lonely.ifPresent(agent -> gathering.drop(agent, DropReason.TOO_FEW_NEIGHBOURS, effects));
    } while (lonely.isPresent());
  }

  @Override
  public Optional<ServerEvent.Stage> stage() {
    return Optional.of(ServerEvent.Stage.SHARE_KEYS);
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
