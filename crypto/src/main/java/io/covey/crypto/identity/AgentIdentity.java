package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.SigningKey;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.util.Optional;

/**
 * Who an agent is, with the keys that prove it, and whom it trusts. Its parts fit each other: the
 * certificate is by the authority that it trusts, and for the key that it has.
 *
 * <p>Safe for use by several threads, but for {@link #close}, which comes last.
 */
public final class AgentIdentity implements AutoCloseable {
  private volatile IdentityCertificate certificate;
  private final SigningKey key;
  private final FleetTrust trust;
  private final Signer signer;
  private final Optional<EncryptionIdentity> encryption;

  /**
   * Checks that everything belongs together; takes one verification.
   *
   * @param key becomes this object's to close
   * @throws IllegalArgumentException that says what does not fit
   */
  public AgentIdentity(
      IdentityCertificate certificate, SigningKey key, FleetTrust trust, Signer signer) {
    this(new Parts(certificate, key, trust), signer, Optional.empty());
  }

  /** What an identity consists of, but for encryption. */
  private record Parts(IdentityCertificate certificate, SigningKey key, FleetTrust trust) {}

  private AgentIdentity(Parts parts, Signer signer, Optional<EncryptionIdentity> encryption) {
    IdentityCertificate certificate = parts.certificate();
    FleetTrust trust = parts.trust();
    if (!certificate.fleet().equals(trust.fleet())) {
      throw new IllegalArgumentException(
          "the certificate is for fleet " + certificate.fleet() + ", expected " + trust.fleet());
    }
    if (!certificate.identityKey().equals(parts.key().publicKey())) {
      throw new IllegalArgumentException("the certificate is for another identity key");
    }
    if (!certificate.isIssuedBy(trust.authorityKey(), signer)) {
      throw new IllegalArgumentException("the certificate is not by the authority");
    }
    this.certificate = certificate;
    this.key = parts.key();
    this.trust = trust;
    this.signer = signer;
    this.encryption = encryption;
  }

  /**
   * The same agent, which can also open what is encrypted for it. Takes the place of this object,
   * which is not to be closed any more.
   *
   * @param opening becomes the new object's to wipe
   * @throws IllegalArgumentException unless it is the authority's for the same agent
   */
  public AgentIdentity with(EncryptionIdentity opening) {
    EncryptionCertificate of = opening.certificate();
    boolean same = of.fleet().equals(fleet()) && of.agent().equals(agent());
    if (!same || !of.isIssuedBy(trust.authorityKey(), signer)) {
      throw new IllegalArgumentException(
          "an encryption certificate that is not the authority's for " + agent());
    }
    return new AgentIdentity(new Parts(certificate, key, trust), signer, Optional.of(opening));
  }

  /**
   * Takes a certificate in the place of the present one; rounds that begin from now on use it.
   *
   * @throws IllegalArgumentException unless it is the authority's for the same agent and key
   */
  public void renew(IdentityCertificate renewed) {
    boolean same =
        renewed.fleet().equals(fleet())
            && renewed.agent().equals(agent())
            && renewed.identityKey().equals(certificate.identityKey());
    if (!same || !renewed.isIssuedBy(trust.authorityKey(), signer)) {
      throw new IllegalArgumentException(
          "a certificate that is not the authority's for " + agent() + " and its key");
    }
    certificate = renewed;
  }

  /**
   * The same for the encryption certificate.
   *
   * @throws IllegalArgumentException unless it is the authority's for the same agent and key
   */
  public void renew(EncryptionCertificate renewed) {
    if (!renewed.isIssuedBy(trust.authorityKey(), signer)) {
      throw new IllegalArgumentException("an encryption certificate that is not the authority's");
    }
    encryption
        .orElseThrow(() -> new IllegalArgumentException(agent() + " has no encryption key"))
        .renew(renewed);
  }

  /** What keys are wrapped for; empty for an agent that can open none. */
  public Optional<EncryptionIdentity> encryption() {
    return encryption;
  }

  public AgentId agent() {
    return certificate.agent();
  }

  public FleetId fleet() {
    return certificate.fleet();
  }

  /** Public; goes to the other participants. */
  public IdentityCertificate certificate() {
    return certificate;
  }

  /** Stays this object's to close. */
  public SigningKey signingKey() {
    return key;
  }

  public FleetTrust trust() {
    return trust;
  }

  /** Ed25519; verifies the certificates of other agents. */
  public Octets authorityKey() {
    return trust.authorityKey();
  }

  /** Ed25519; verifies session offers. */
  public Octets coordinatorKey() {
    return trust.coordinatorKey();
  }

  /** Wipes the private keys that are in memory. */
  @Override
  public void close() {
    key.close();
    encryption.ifPresent(EncryptionIdentity::close);
  }

  @Override
  public String toString() {
    return "AgentIdentity["
        + agent()
        + " of "
        + fleet()
        + ", "
        + Fingerprint.of(certificate.identityKey())
        + "]";
  }
}
