package io.covey.crypto.primitive;

import java.util.Optional;

/**
 * What the owner of one private key of a {@link Kem} does with a ciphertext, wherever the key is:
 * in memory, or in hardware that uses it and never shows it.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface Decapsulation {

  /**
   * The secret of a ciphertext to the public key; the caller's to wipe. See {@link
   * Kem#decapsulate}.
   *
   * @return empty if it cannot be a ciphertext
   */
  Optional<SecretBytes> decapsulate(Octets ciphertext);

  /**
   * With a key in memory.
   *
   * @param privateKey stays the caller's to wipe
   */
  static Decapsulation by(Kem kem, SecretBytes privateKey) {
    return ciphertext -> kem.decapsulate(privateKey, ciphertext);
  }
}
