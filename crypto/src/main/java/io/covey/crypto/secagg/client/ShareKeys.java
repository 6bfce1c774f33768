package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.NeighbourGraph;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionKeys;
import io.covey.crypto.secagg.Shamir;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** Step 2: checks the roster, and sends shares of its secrets to its neighbours. */
final class ShareKeys implements ClientPhase {
  private final ClientSession session;
  private final KeyAdvertisement own;

  ShareKeys(ClientSession session, KeyAdvertisement own) {
    this.session = session;
    this.own = own;
  }

  @Override
  public Step<ClientPhase, ClientEffect> on(ClientEvent event) {
    if (!(event instanceof ClientEvent.RosterReceived received)) {
      return session.otherwise(this, event);
    }
    Roster roster = received.roster();
    Optional<RefusalReason> refusal = refusalOf(roster);
    if (refusal.isPresent()) {
      return session.leave(refusal.get());
    }
    NeighbourGraph graph = new NeighbourGraph(roster, session.descriptor().cohort().neighbours());
    SortedSet<AgentId> neighbours = graph.of(session.self());
    if (neighbours.size() < session.descriptor().cohort().threshold()) {
      return session.leave(RefusalReason.TOO_FEW_NEIGHBOURS);
    }
    for (AgentId neighbour : neighbours) {
      KeyAdvertisement entry = roster.entryOf(neighbour);
      if (!session.primitives().isSigned(neighbour, entry.statement(), entry.signature())) {
        return session.leave(RefusalReason.NEIGHBOUR_SIGNATURE_INVALID);
      }
    }
    return share(received, new Neighbourhood(roster, neighbours, session.id()));
  }

  private Optional<RefusalReason> refusalOf(Roster roster) {
    SessionDescriptor.Cohort cohort = session.descriptor().cohort();
    if (roster.size() < cohort.minimum() || roster.size() > cohort.maximum()) {
      return Optional.of(RefusalReason.ROSTER_SIZE);
    }
    if (!roster.contains(session.self()) || !roster.entryOf(session.self()).equals(own)) {
      return Optional.of(RefusalReason.OWN_ENTRY_ALTERED);
    }
    Set<Octets> publicKeys = new HashSet<>();
    for (KeyAdvertisement entry : roster.entries()) {
      if (!entry.session().equals(session.id())) {
        return Optional.of(RefusalReason.ROSTER_OF_ANOTHER_SESSION);
      }
      if (!publicKeys.add(entry.maskKey()) || !publicKeys.add(entry.channelKey())) {
        return Optional.of(RefusalReason.DUPLICATE_KEY);
      }
    }
    return Optional.empty();
  }

  private Step<ClientPhase, ClientEffect> share(
      ClientEvent.RosterReceived received, Neighbourhood around) {
    Optional<SortedMap<AgentId, Octets>> boxes = sealAll(around);
    if (boxes.isEmpty()) {
      return session.leave(RefusalReason.NEIGHBOUR_KEY_INVALID);
    }
    session.accept(received);
    SecretBytes selfMaskSecret = session.keys().fresh().selfMaskSecret();
    SealedShares message =
        new SealedShares(
            session.id(),
            session.self(),
            around.roster().root(),
            around.keys().commitment(session.self(), selfMaskSecret),
            boxes.get());
    return new Step<>(
        new MaskedInput(session, around, message.digest()),
        List.of(new ClientEffect.SendShares(message)));
  }

  private Optional<SortedMap<AgentId, Octets>> sealAll(Neighbourhood around) {
    SecretBytes[] selfShares = split(session.keys().fresh().selfMaskSecret(), around);
    SecretBytes[] keyShares = split(session.keys().fresh().maskKey(), around);
    SortedMap<AgentId, Octets> boxes = new TreeMap<>();
    try {
      int index = 0;
      for (AgentId neighbour : around.neighbours()) {
        Optional<Octets> box;
        try (SecretBytes pair = ShareBox.join(selfShares[index], keyShares[index])) {
          box = seal(around, neighbour, pair);
        }
        if (box.isEmpty()) {
          return Optional.empty();
        }
        boxes.put(neighbour, box.get());
        index++;
      }
      return Optional.of(boxes);
    } finally {
      wipe(selfShares);
      wipe(keyShares);
    }
  }

  private static void wipe(SecretBytes[] shares) {
    for (SecretBytes share : shares) {
      share.wipe();
    }
  }

  private SecretBytes[] split(SecretBytes secret, Neighbourhood around) {
    int[] places = around.neighbours().stream().mapToInt(around.roster()::rankOf).toArray();
    return Shamir.split(
        secret,
        session.descriptor().cohort().threshold(),
        places,
        session.keys().fresh().polynomials());
  }

  private Optional<Octets> seal(Neighbourhood around, AgentId neighbour, SecretBytes pair) {
    SessionKeys.Route route = new SessionKeys.Route(session.self(), neighbour);
    Optional<SessionKeys.BoxKeys> boxKeys = around.boxKeys(session, neighbour);
    if (boxKeys.isEmpty()) {
      return Optional.empty();
    }
    session.incomingBoxKeys().put(neighbour, boxKeys.get().incoming());
    try (SecretBytes key = boxKeys.get().outgoing()) {
      // The key is for this one box, so the nonce may be the same for all.
      byte[] nonce = new byte[Aead.NONCE_BYTES];
      byte[] context = around.keys().boxContext(route);
      return Optional.of(session.primitives().aead().seal(key, nonce, context, pair));
    }
  }
}
