package io.covey.crypto.primitive;

/**
 * A private key for signatures (Ed25519), wherever it is: in memory ({@link SoftwareSigningKey}),
 * or in hardware that uses it and never shows it.
 *
 * <p>Thread-safe, but for {@link #close}, which comes last.
 */
public interface SigningKey extends AutoCloseable {

  /** What verifies its signatures. */
  Octets publicKey();

  /** Signs a message, which begins with a label or is the statement of a certificate's owner. */
  Octets sign(byte[] message);

  /** Wipes what is this object's to wipe. */
  @Override
  void close();
}
