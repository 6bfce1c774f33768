package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Hkdf;
import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import java.util.Optional;

/**
 * Every key of a session, each with a label of its own, all bound to the session and its roster: no
 * key of one session or roster is one of another.
 *
 * @param session sid
 */
public record SessionKeys(Octets session, Octets rosterRoot) {

  /** Seed of the mask that two participants share; the same from either side. */
  public Optional<SecretBytes> pairwiseMaskSeed(
      KeyAgreement agreement, AgentId own, SecretBytes ownMaskKey, KeyAdvertisement peer) {
    AgentId smaller = own.compareTo(peer.from()) < 0 ? own : peer.from();
    AgentId larger = smaller.equals(own) ? peer.from() : own;
    Canonical info = info("covey/v1/pairwise-mask").agent(smaller).agent(larger);
    return agreement
        .agree(ownMaskKey, peer.maskKey())
        .map(shared -> deriveAndWipe(shared, info, Prg.SEED_BYTES));
  }

  /** Seed of a participant's own mask. */
  public SecretBytes selfMaskSeed(AgentId owner, SecretBytes secret) {
    return derive(secret, info("covey/v1/self-mask").agent(owner), Prg.SEED_BYTES);
  }

  /**
   * Keys of the boxes between two participants, from one agreement.
   *
   * @return empty if the peer's key contributes nothing
   */
  public Optional<BoxKeys> boxKeys(
      KeyAgreement agreement, AgentId own, SecretBytes ownChannelKey, KeyAdvertisement peer) {
    return agreement
        .agree(ownChannelKey, peer.channelKey())
        .map(
            shared -> {
              try (shared) {
                Route out = new Route(own, peer.from());
                Route in = new Route(peer.from(), own);
                return new BoxKeys(
                    derive(shared, boxInfo(out), Aead.KEY_BYTES),
                    derive(shared, boxInfo(in), Aead.KEY_BYTES));
              }
            });
  }

  /** One key for each direction. */
  public record BoxKeys(SecretBytes outgoing, SecretBytes incoming) {}

  private Canonical boxInfo(Route route) {
    return info("covey/v1/share-box").agent(route.from()).agent(route.to());
  }

  /** Associated data of the one box from one participant to another. */
  public byte[] boxContext(Route route) {
    return info("covey/v1/share-box-context")
        .octets(session)
        .agent(route.from())
        .agent(route.to())
        .toBytes();
  }

  /** Who seals for whom. */
  public record Route(AgentId from, AgentId to) {}

  /** H(secret): hides it, since it is uniform, and binds its owner to it. */
  public Octets commitment(AgentId owner, SecretBytes selfMaskSecret) {
    Canonical info = info("covey/v1/self-mask-commitment").agent(owner);
    try (SecretBytes digest = derive(selfMaskSecret, info, Hkdf.HASH_BYTES)) {
      return Octets.copyOf(digest.reveal());
    }
  }

  private Canonical info(String label) {
    return new Canonical(label).octets(rosterRoot);
  }

  private SecretBytes deriveAndWipe(SecretBytes shared, Canonical info, int bytes) {
    try (shared) {
      return derive(shared, info, bytes);
    }
  }

  private SecretBytes derive(SecretBytes secret, Canonical info, int bytes) {
    return Hkdf.derive(secret, session.toBytes(), info.toBytes(), bytes);
  }
}
