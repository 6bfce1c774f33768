package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;

/**
 * Step 1 of secure aggregation, a participant's public keys: topic {@code up/round/{round}/keys}.
 *
 * @param session sid, 32 bytes
 * @param maskKey X25519, fresh for the session
 * @param channelKey X25519, long-lived
 * @param nonce 32 bytes
 * @param certificate that ties the signature's key to the agent
 * @param signature Ed25519
 */
public record KeysAdvertised(
    RoundId round,
    ByteString session,
    ByteString maskKey,
    ByteString channelKey,
    ByteString nonce,
    ByteString certificate,
    ByteString signature)
    implements RoundMessage {
  public KeysAdvertised {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkLength("mask key", maskKey, Limits.KEY_BYTES);
    Limits.checkLength("channel key", channelKey, Limits.KEY_BYTES);
    Limits.checkLength("nonce", nonce, Limits.NONCE_BYTES);
    Limits.checkRange("certificate (bytes)", certificate.size(), 1, Limits.CERTIFICATE_BYTES);
    Limits.checkLength("signature", signature, Limits.SIGNATURE_BYTES);
  }
}
