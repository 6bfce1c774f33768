package io.covey.crypto.primitive;

/** A signing key in memory, which is wiped when this is closed. */
public final class SoftwareSigningKey implements SigningKey {
  private final SecretBytes privateKey;
  private final Signer signer;
  private final Octets publicKey;

  /**
   * @param privateKey becomes this object's to wipe
   * @throws IllegalArgumentException for a key of another length
   */
  public SoftwareSigningKey(SecretBytes privateKey, Signer signer) {
    if (privateKey.length() != Signer.PRIVATE_KEY_BYTES) {
      throw new IllegalArgumentException(
          "signing key of %d bytes, expected %d"
              .formatted(privateKey.length(), Signer.PRIVATE_KEY_BYTES));
    }
    this.privateKey = privateKey;
    this.signer = signer;
    this.publicKey = signer.publicKeyOf(privateKey);
  }

  /** For whoever has to keep it; stays this object's to wipe. */
  public SecretBytes privateKey() {
    return privateKey;
  }

  @Override
  public Octets publicKey() {
    return publicKey;
  }

  @Override
  public Octets sign(byte[] message) {
    return signer.sign(privateKey, message);
  }

  @Override
  public void close() {
    privateKey.wipe();
  }

  @Override
  public String toString() {
    return "SoftwareSigningKey[redacted]";
  }
}
