package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.SigningKey;
import io.covey.protocols.id.AgentId;

/**
 * A participant's keys for one session.
 *
 * @param identityKey Ed25519, enrolled, long-lived; stays its owner's to close
 * @param channelKey X25519, seals shares and never opens. Drawn for the session as well: one that
 *     others know beforehand they could advertise as their own, and who advertises a key second is
 *     dropped; and a session's boxes stay shut if a later one's key is lost
 * @param fresh what no other session may ever have had
 */
public record ParticipantKeys(
    AgentId id, SigningKey identityKey, SecretBytes channelKey, Fresh fresh) {

  /** Once the masks are derived nothing more is needed of what was drawn for the session. */
  void wipe() {
    channelKey.wipe();
    fresh.wipe();
  }

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

    private void wipe() {
      maskKey.wipe();
      selfMaskSecret.wipe();
    }
  }
}
