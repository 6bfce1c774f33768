package io.covey.crypto.primitive;

/**
 * Signatures that nobody without the private key can make for a message that was not signed.
 * Deterministic: signing needs no randomness.
 *
 * <p>Thread-safe.
 */
public interface Signer {
  int PRIVATE_KEY_BYTES = 32;
  int PUBLIC_KEY_BYTES = 32;
  int SIGNATURE_BYTES = 64;

  /**
   * Derives the public key.
   *
   * @param privateKey 32 uniform bytes
   * @throws IllegalArgumentException if the length is another
   */
  Octets publicKeyOf(SecretBytes privateKey);

  /**
   * Signs a message of any length.
   *
   * @param message begins with a label that says what is signed, so that no signature passes for
   *     another kind of statement
   */
  Octets sign(SecretBytes privateKey, byte[] message);

  /** False for keys and signatures of any wrong form as well. */
  boolean verify(Octets publicKey, byte[] message, Octets signature);
}
