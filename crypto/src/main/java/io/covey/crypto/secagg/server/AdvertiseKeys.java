package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.NeighbourGraph;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Step 1: collects public keys into the roster. */
public final class AdvertiseKeys implements ServerPhase {
  private final ServerSession session;
  private final Gathering<KeyAdvertisement> gathering;
  private final Set<Octets> publicKeys = new HashSet<>();

  private AdvertiseKeys(ServerSession session, Set<AgentId> invited) {
    this.session = session;
    this.gathering = new Gathering<>(invited);
  }

  /**
   * Begins a session.
   *
   * @param invited at least the descriptor's smallest cohort, at most its largest
   */
  public static Step<ServerPhase, ServerEffect> begin(
      SessionDescriptor descriptor, SessionPrimitives primitives, Set<AgentId> invited) {
    int minimum = descriptor.cohort().minimum();
    int maximum = descriptor.cohort().maximum();
    if (invited.size() < minimum || invited.size() > maximum) {
      throw new IllegalArgumentException(
          "%d participants invited, expected %d to %d".formatted(invited.size(), minimum, maximum));
    }
    ServerSession session = new ServerSession(descriptor, primitives, invited);
    return new Step<>(
        new AdvertiseKeys(session, invited),
        List.of(
            new ServerEffect.Offer(Collections.unmodifiableSortedSet(new TreeSet<>(invited))),
            session.deadline(ServerEvent.Stage.ADVERTISE_KEYS)));
  }

  @Override
  public Step<ServerPhase, ServerEffect> on(ServerEvent event) {
    List<ServerEffect> effects = new ArrayList<>();
    boolean over = gathering.endsBy(event, ServerEvent.Stage.ADVERTISE_KEYS, effects);
    if (event instanceof ServerEvent.Cancelled) {
      return session.fail(FailureReason.CANCELLED, effects);
    }
    if (event instanceof ServerEvent.Advertised advertised) {
      KeyAdvertisement message = advertised.message();
      if (gathering.take(message.from(), message, () -> faultOf(message), effects)) {
        publicKeys.add(message.maskKey());
        publicKeys.add(message.channelKey());
      }
      over = gathering.isComplete();
    }
    session.remember(event);
    event.wipe();
    return over ? close(effects) : new Step<>(this, effects);
  }

  private Optional<DropReason> faultOf(KeyAdvertisement message) {
    if (!message.session().equals(session.id())) {
      return Optional.of(DropReason.WRONG_CONTEXT);
    }
    if (!session.primitives().isSigned(message.from(), message.statement(), message.signature())) {
      return Optional.of(DropReason.SIGNATURE_INVALID);
    }
    if (publicKeys.contains(message.maskKey()) || publicKeys.contains(message.channelKey())) {
      return Optional.of(DropReason.KEY_REUSED);
    }
    KeyAgreement agreement = session.primitives().agreement();
    return agreement.contributes(message.maskKey()) && agreement.contributes(message.channelKey())
        ? Optional.empty()
        : Optional.of(DropReason.KEY_INVALID);
  }

  private Step<ServerPhase, ServerEffect> close(List<ServerEffect> effects) {
    gathering.dropSilent(effects);
    Roster roster = new Roster(new ArrayList<>(gathering.received().values()));
    if (roster.size() < Math.max(session.minimum(), session.threshold() + 1)) {
      return session.fail(FailureReason.COHORT_TOO_SMALL, effects);
    }
    NeighbourGraph graph = new NeighbourGraph(roster, session.descriptor().cohort().neighbours());
    effects.add(new ServerEffect.SendRoster(roster));
    effects.add(session.deadline(ServerEvent.Stage.SHARE_KEYS));
    return session.enter(new ShareKeys(session, new Cohort(roster, graph)), effects);
  }

  @Override
  public Optional<ServerEvent.Stage> stage() {
    return Optional.of(ServerEvent.Stage.ADVERTISE_KEYS);
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
