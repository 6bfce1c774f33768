package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionKeys;
import io.covey.crypto.secagg.Step;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Step 3: opens its neighbours' shares and has the vector masked. A box that does not open costs
 * its sender a share, not the session: masks need public keys only.
 */
final class MaskedInput implements ClientPhase {
  private final ClientSession session;
  private final Neighbourhood around;
  private final Octets sharesDigest;
  private final SortedSet<AgentId> maskedWith = new TreeSet<>();

  MaskedInput(ClientSession session, Neighbourhood around, Octets sharesDigest) {
    this.session = session;
    this.around = around;
    this.sharesDigest = sharesDigest;
  }

  @Override
  public Step<ClientPhase, ClientEffect> on(ClientEvent event) {
    if (event instanceof ClientEvent.SharesDelivered delivered && maskedWith.isEmpty()) {
      return mask(delivered);
    }
    if (event instanceof ClientEvent.InputMasked masked && !maskedWith.isEmpty()) {
      return send(masked);
    }
    return session.otherwise(this, event);
  }

  private Step<ClientPhase, ClientEffect> mask(ClientEvent.SharesDelivered delivered) {
    if (delivered.boxes().size() > around.neighbours().size()) {
      return session.leave(RefusalReason.OVERSIZED_MESSAGE);
    }
    if (!around.neighbours().containsAll(delivered.boxes().keySet())) {
      return session.leave(RefusalReason.SHARES_OF_A_STRANGER);
    }
    delivered
        .boxes()
        .forEach((from, box) -> open(from, box).ifPresent(s -> session.held().put(from, s)));
    if (session.held().size() < session.descriptor().cohort().threshold()) {
      return session.leave(RefusalReason.TOO_FEW_SHARES);
    }
    Optional<List<MaskTerm>> terms = terms(new TreeSet<>(delivered.boxes().keySet()));
    if (terms.isEmpty()) {
      return session.leave(RefusalReason.NEIGHBOUR_KEY_INVALID);
    }
    session.accept(delivered);
    session.keys().wipe();
    session.wipeIncomingBoxKeys();
    maskedWith.addAll(delivered.boxes().keySet());
    return new Step<>(this, List.of(new ClientEffect.Mask(terms.get(), words())));
  }

  private Optional<List<MaskTerm>> terms(SortedSet<AgentId> neighbours) {
    List<MaskTerm> terms = new ArrayList<>();
    for (AgentId neighbour : neighbours) {
      Optional<SecretBytes> seed =
          around
              .keys()
              .pairwiseMaskSeed(
                  session.primitives().agreement(),
                  session.self(),
                  session.keys().fresh().maskKey(),
                  around.roster().entryOf(neighbour));
      if (seed.isEmpty()) {
        terms.forEach(MaskTerm::close);
        return Optional.empty();
      }
      terms.add(new MaskTerm(MaskTerm.Sign.of(session.self(), neighbour), seed.get()));
    }
    SecretBytes own = session.keys().fresh().selfMaskSecret();
    terms.add(new MaskTerm(MaskTerm.Sign.ADD, around.keys().selfMaskSeed(session.self(), own)));
    return Optional.of(terms);
  }

  private Optional<SecretBytes> open(AgentId from, Octets box) {
    if (box.length() != SealedShares.BOX_BYTES) {
      return Optional.empty();
    }
    SessionKeys.Route route = new SessionKeys.Route(from, session.self());
    SecretBytes boxKey = session.incomingBoxKeys().remove(from);
    if (boxKey == null) {
      return Optional.empty();
    }
    try (SecretBytes key = boxKey) {
      byte[] nonce = new byte[Aead.NONCE_BYTES];
      return session.primitives().aead().open(key, nonce, around.keys().boxContext(route), box);
    }
  }

  private int words() {
    return session.descriptor().vector().layout().words();
  }

  private Step<ClientPhase, ClientEffect> send(ClientEvent.InputMasked masked) {
    if (masked.words() != words()) {
      throw new IllegalArgumentException(
          "masked vector of " + masked.words() + " words, expected " + words());
    }
    MaskedInputReceipt unsigned =
        new MaskedInputReceipt(
            session.id(),
            session.self(),
            sharesDigest,
            masked.words(),
            masked.digest(),
            Octets.copyOf(new byte[0]));
    MaskedInputReceipt receipt = unsigned.signed(session.sign(unsigned.statement()));
    return new Step<>(
        new ConsistencyCheck(session, around, maskedWith),
        List.of(new ClientEffect.SendInput(receipt)));
  }
}
