package io.covey.protocols.message;

import com.google.protobuf.ByteString;

/**
 * The agent's certificate for the key that keys are wrapped for: topic {@code up/encryption-key},
 * at every connect.
 *
 * @param certificate as {@code io.covey.crypto.identity} encodes it; nothing is verified here
 */
public record EncryptionKeyAnnounced(ByteString certificate) implements Message {
  public EncryptionKeyAnnounced {
    Limits.checkRange(
        "encryption certificate (bytes)",
        certificate.size(),
        1,
        Limits.ENCRYPTION_CERTIFICATE_BYTES);
  }
}
