package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;

/**
 * Step 1: a participant's public keys for a session.
 *
 * @param maskKey fresh for the session; its private key opens if the participant drops out
 * @param channelKey fresh for the session as well; its private key never opens
 * @param nonce 32 fresh bytes, so that the roster is fresh to whoever contributed one
 * @param signature of {@link #statement()} by the participant's identity
 */
public record KeyAdvertisement(
    Octets session,
    AgentId from,
    Octets maskKey,
    Octets channelKey,
    Octets nonce,
    Octets signature) {
  public static final int NONCE_BYTES = 32;

  public KeyAdvertisement {
    maskKey.requireLength("mask key", KeyAgreement.PUBLIC_KEY_BYTES);
    channelKey.requireLength("channel key", KeyAgreement.PUBLIC_KEY_BYTES);
    nonce.requireLength("nonce", NONCE_BYTES);
    if (maskKey.equals(channelKey)) {
      throw new IllegalArgumentException("mask key and channel key are one; the first may open");
    }
  }

  /** What is signed. */
  public byte[] statement() {
    return statement("covey/v1/key-advertisement").toBytes();
  }

  Octets digest() {
    return statement("covey/v1/roster-entry").digest();
  }

  private Canonical statement(String label) {
    return new Canonical(label)
        .octets(session)
        .agent(from)
        .octets(maskKey)
        .octets(channelKey)
        .octets(nonce);
  }

  /** The same, signed. */
  public KeyAdvertisement signed(Octets signature) {
    return new KeyAdvertisement(session, from, maskKey, channelKey, nonce, signature);
  }
}
