package io.covey.crypto.primitive;

import java.util.Optional;

/**
 * Key encapsulation: whoever knows a public key makes a secret together with a ciphertext from
 * which only the private key gets that secret back. The secret is uniform and bound to ciphertext
 * and public key; the sizes are those of X-Wing.
 *
 * <p>Nobody is authenticated: anybody can encapsulate to a public key.
 *
 * <p>Thread-safe.
 */
public interface Kem {
  /** A seed, from which both parts of the private key are expanded. */
  int PRIVATE_KEY_BYTES = 32;

  int PUBLIC_KEY_BYTES = 1216;
  int CIPHERTEXT_BYTES = 1120;
  int SHARED_SECRET_BYTES = 32;

  /** What {@link #encapsulate} takes in place of randomness of its own. */
  int ENCAPSULATION_SEED_BYTES = 64;

  /** Who made a secret has both of these; the recipient gets the ciphertext. */
  record Encapsulation(Octets ciphertext, SecretBytes sharedSecret) {
    public Encapsulation {
      ciphertext.requireLength("ciphertext", CIPHERTEXT_BYTES);
      if (sharedSecret.length() != SHARED_SECRET_BYTES) {
        throw new IllegalArgumentException(
            "shared secret of "
                + sharedSecret.length()
                + " bytes, expected "
                + SHARED_SECRET_BYTES);
      }
    }
  }

  /**
   * Derives the public key.
   *
   * @param privateKey 32 uniform bytes
   * @throws IllegalArgumentException if the length is another
   */
  Octets publicKeyOf(SecretBytes privateKey);

  /** Whether a public key is one that {@link #encapsulate} takes. */
  boolean accepts(Octets publicKey);

  /**
   * Makes a secret for the owner of {@code publicKey}.
   *
   * @param seed 64 uniform bytes, used once and stays the caller's to wipe
   * @return empty if the key has the wrong length, coefficients that are not reduced (FIPS 203,
   *     section 7.2), or a point of small order
   * @throws IllegalArgumentException if the seed has another length
   */
  Optional<Encapsulation> encapsulate(Octets publicKey, SecretBytes seed);

  /**
   * The secret of a ciphertext. A ciphertext that was altered gives another secret that nobody
   * knows (implicit rejection), so that what the secret protects does not open.
   *
   * @return empty if the ciphertext has the wrong length or a point of small order
   * @throws IllegalArgumentException if the private key has another length
   */
  Optional<SecretBytes> decapsulate(SecretBytes privateKey, Octets ciphertext);
}
