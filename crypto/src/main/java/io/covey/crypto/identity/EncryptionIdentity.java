package io.covey.crypto.identity;

import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;

/**
 * An agent's certified encryption key with the private key that belongs to it: what keys are
 * wrapped for, and what opens them.
 *
 * <p>Safe for use by several threads, but for {@link #close}, which comes last.
 */
public final class EncryptionIdentity implements AutoCloseable {
  private volatile EncryptionCertificate certificate;
  private final SecretBytes privateKey;

  /**
   * Checks that both belong together.
   *
   * @param privateKey X-Wing; becomes this object's to wipe
   * @throws IllegalArgumentException if the certificate is for another key
   */
  public EncryptionIdentity(EncryptionCertificate certificate, SecretBytes privateKey, Kem kem) {
    if (!certificate.encryptionKey().equals(kem.publicKeyOf(privateKey))) {
      throw new IllegalArgumentException("the certificate is for another encryption key");
    }
    this.certificate = certificate;
    this.privateKey = privateKey;
  }

  /** A fresh key, certified beside an identity of the same facts. */
  static EncryptionIdentity generate(
      FleetAuthority authority, CertificateFacts facts, RandomWords random, Kem kem) {
    SecretBytes privateKey = SecretBytes.drawnFrom(random, Kem.PRIVATE_KEY_BYTES);
    return new EncryptionIdentity(
        authority.certifyEncryption(facts, kem.publicKeyOf(privateKey)), privateKey, kem);
  }

  /** Public; what a coordinator wraps keys for. */
  public EncryptionCertificate certificate() {
    return certificate;
  }

  /** X-Wing; stays this object's to wipe. */
  public SecretBytes privateKey() {
    return privateKey;
  }

  /** Takes a certificate in the place of the present one, for the same agent and key. */
  void renew(EncryptionCertificate renewed) {
    boolean same =
        renewed.fleet().equals(certificate.fleet())
            && renewed.agent().equals(certificate.agent())
            && renewed.encryptionKey().equals(certificate.encryptionKey());
    if (!same) {
      throw new IllegalArgumentException(
          "an encryption certificate that is not for " + certificate.agent() + " and its key");
    }
    certificate = renewed;
  }

  /** Wipes the private key. */
  @Override
  public void close() {
    privateKey.wipe();
  }

  @Override
  public String toString() {
    return "EncryptionIdentity[" + certificate.agent() + ", redacted]";
  }
}
