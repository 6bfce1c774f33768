package io.covey.crypto.primitive;

import java.util.Optional;

/**
 * Diffie-Hellman: two parties that know each other's public key come to the same secret, which
 * nobody else can tell from randomness once it has gone through {@link Hkdf}.
 *
 * <p>Thread-safe.
 */
public interface KeyAgreement {
  int PRIVATE_KEY_BYTES = 32;
  int PUBLIC_KEY_BYTES = 32;

  /**
   * Derives the public key.
   *
   * @param privateKey 32 uniform bytes
   * @throws IllegalArgumentException if the length is another
   */
  Octets publicKeyOf(SecretBytes privateKey);

  /**
   * Whether agreeing with a public key depends on the private key: false for any wrong length and
   * for points of small order, with which {@link #agree} answers nothing. A point of small order
   * gives the same with every private key, so any shows it; an implementation may know them.
   */
  default boolean contributes(Octets publicKey) {
    try (SecretBytes any = SecretBytes.owning(new byte[PRIVATE_KEY_BYTES])) {
      Optional<SecretBytes> shared = agree(any, publicKey);
      shared.ifPresent(SecretBytes::wipe);
      return shared.isPresent();
    }
  }

  /**
   * The common secret, 32 bytes; not uniform, so for {@link Hkdf} only.
   *
   * @return empty if the peer's key has the wrong length or contributes nothing (a point of small
   *     order): the secret would be known to everybody
   */
  Optional<SecretBytes> agree(SecretBytes privateKey, Octets peerPublicKey);
}
