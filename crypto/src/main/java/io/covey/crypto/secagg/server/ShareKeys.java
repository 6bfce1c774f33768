package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Step 2: collects sealed shares and passes them on. */
final class ShareKeys implements ServerPhase {
  private final ServerSession session;
  private final Cohort cohort;
  private final Gathering<SealedShares> gathering;

  ShareKeys(ServerSession session, Cohort cohort) {
    this.session = session;
    this.cohort = cohort;
    this.gathering =
        new Gathering<>(cohort.roster().entries().stream().map(KeyAdvertisement::from).toList());
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
    session.remember(event);
    event.wipe();
    return over ? close(effects) : new Step<>(this, effects);
  }

  private Optional<DropReason> faultOf(SealedShares message) {
    if (!message.session().equals(session.id())
        || !message.rosterRoot().equals(cohort.roster().root())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    return cohort.areAllNeighbours(message.boxes().keySet(), message.from())
            && message.boxes().values().stream()
                .allMatch(box -> box.length() == SealedShares.BOX_BYTES)
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
    shares.keySet().forEach(to -> effects.add(delivery(to, shares)));
    effects.add(session.deadline(ServerEvent.Stage.MASKED_INPUT));
    Map<AgentId, SharesPromise> promises = new HashMap<>();
    shares.forEach((from, message) -> promises.put(from, SharesPromise.of(message)));
    return session.enter(new MaskedInput(session, cohort, promises), effects);
  }

  private ServerEffect delivery(AgentId to, Map<AgentId, SealedShares> shares) {
    Map<AgentId, Octets> boxes = new HashMap<>();
    for (int rank : cohort.neighboursOf(cohort.roster().rankOf(to))) {
      AgentId from = cohort.agent(rank);
      Optional.ofNullable(shares.get(from))
          .map(message -> message.boxes().get(to))
          .ifPresent(box -> boxes.put(from, box));
    }
    return new ServerEffect.DeliverShares(to, boxes);
  }

  /** Each that is dropped may be one too few for its neighbours, so they are looked at again. */
  private void dropWithoutNeighbours(List<ServerEffect> effects) {
    BitSet sharing = cohort.ranksOf(gathering.received().keySet());
    BitSet toCheck = (BitSet) sharing.clone();
    for (int rank = toCheck.nextSetBit(1); rank > 0; rank = toCheck.nextSetBit(1)) {
      toCheck.clear(rank);
      if (sharing.get(rank) && cohort.neighboursIn(sharing, rank) < session.threshold()) {
        sharing.clear(rank);
        gathering.drop(cohort.agent(rank), DropReason.TOO_FEW_NEIGHBOURS, effects);
        for (int neighbour : cohort.neighboursOf(rank)) {
          toCheck.set(neighbour);
        }
      }
    }
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
