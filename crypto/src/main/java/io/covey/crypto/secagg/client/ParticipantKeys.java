package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;

/**
 * A participant's keys for one session.
 *
 * @param identityKey Ed25519, enrolled, long-lived
 * @param channelKey X25519, long-lived
 * @param fresh what no other session may ever have had
 */
public record ParticipantKeys(
    AgentId id, SecretBytes identityKey, SecretBytes channelKey, Fresh fresh) {

  /**
   * Drawn for one session from the platform's generator. Two sessions with one of these would
   * together unmask their participant.
   *
   * @param maskKey X25519
   * @param selfMaskSecret 32 bytes
   * @param nonce 32 bytes
   * @param polynomials for the shares; nobody else reads from this stream
   */
  public record Fresh(
      SecretBytes maskKey, SecretBytes selfMaskSecret, Octets nonce, RandomWords polynomials) {

    /** Once the masks are derived nothing more is needed of them. */
    void wipe() {
      maskKey.wipe();
      selfMaskSecret.wipe();
    }
  }
}
