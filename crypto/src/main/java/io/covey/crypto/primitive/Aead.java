package io.covey.crypto.primitive;

import java.util.Optional;

/**
 * Authenticated encryption with associated data: what was sealed is secret, and opens only
 * unchanged, under the same key and with the same associated data.
 *
 * <p>A nonce must never be used twice under one key: that would reveal both plaintexts' difference
 * and allow forgeries.
 *
 * <p>Thread-safe.
 */
public interface Aead {
  int KEY_BYTES = 32;
  int NONCE_BYTES = 12;
  int TAG_BYTES = 16;

  /**
   * Encrypts and authenticates.
   *
   * @param nonce used once under this key
   * @return ciphertext and tag, {@link #TAG_BYTES} longer than the plaintext
   */
  Octets seal(SecretBytes key, byte[] nonce, byte[] associatedData, SecretBytes plaintext);

  /**
   * Checks and decrypts.
   *
   * @return empty if anything is not as it was sealed
   */
  Optional<SecretBytes> open(SecretBytes key, byte[] nonce, byte[] associatedData, Octets sealed);
}
