package io.covey.crypto.identity;

import io.covey.crypto.primitive.Decapsulation;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import java.util.Optional;

/**
 * An agent's certified encryption key with the use of the private key that belongs to it: what keys
 * are wrapped for, and what opens them. The private key itself may be here, or in hardware.
 *
 * <p>Safe for use by several threads, but for {@link #close}, which comes last.
 */
public final class EncryptionIdentity implements AutoCloseable {
  private volatile EncryptionCertificate certificate;
  private final Decapsulation decapsulation;

  /** The private key of an identity in memory; empty when it is somewhere else. */
  private final Optional<SecretBytes> privateKey;

  /**
   * Checks that both belong together.
   *
   * @param privateKey X-Wing; becomes this object's to wipe
   * @throws IllegalArgumentException if the certificate is for another key
   */
  public EncryptionIdentity(EncryptionCertificate certificate, SecretBytes privateKey, Kem kem) {
    this(
        requireFor(certificate, kem.publicKeyOf(privateKey)),
        Decapsulation.by(kem, privateKey),
        Optional.of(privateKey));
  }

  private EncryptionIdentity(
      EncryptionCertificate certificate,
      Decapsulation decapsulation,
      Optional<SecretBytes> privateKey) {
    this.certificate = certificate;
    this.decapsulation = decapsulation;
    this.privateKey = privateKey;
  }

  /**
   * With a private key that stays where it is, and its owner's to close: last, since this object
   * needs it.
   *
   * @param encryptionKey X-Wing, the public key that belongs to it
   * @throws IllegalArgumentException if the certificate is for another key
   */
  public static EncryptionIdentity keptElsewhere(
      EncryptionCertificate certificate, Octets encryptionKey, Decapsulation decapsulation) {
    return new EncryptionIdentity(
        requireFor(certificate, encryptionKey), decapsulation, Optional.empty());
  }

  private static EncryptionCertificate requireFor(EncryptionCertificate certificate, Octets key) {
    if (!certificate.encryptionKey().equals(key)) {
      throw new IllegalArgumentException("the certificate is for another encryption key");
    }
    return certificate;
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

  /** What opens keys that were wrapped for this agent. */
  public Decapsulation decapsulation() {
    return decapsulation;
  }

  /**
   * For a file; stays this object's to wipe.
   *
   * @throws IllegalStateException if the key is not here
   */
  SecretBytes privateKey() {
    return privateKey.orElseThrow(
        () ->
            new IllegalStateException(
                "the encryption key of " + certificate.agent() + " is kept elsewhere"));
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

  /** Wipes the private key, if it is here. */
  @Override
  public void close() {
    privateKey.ifPresent(SecretBytes::wipe);
  }

  @Override
  public String toString() {
    return "EncryptionIdentity[" + certificate.agent() + ", redacted]";
  }
}
