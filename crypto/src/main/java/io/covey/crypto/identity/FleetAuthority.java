package io.covey.crypto.identity;

import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.SoftwareSigningKey;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;

/**
 * Says who belongs to a fleet. Whoever holds its key can enrol participants, as many as they want,
 * and so take secure aggregation its meaning: it belongs on another machine than the coordinator.
 *
 * <p>Thread-safe, but for {@link #close}, which comes last.
 */
public final class FleetAuthority implements AutoCloseable {
  private final FleetId fleet;
  private final SecretBytes privateKey;
  private final Octets publicKey;
  private final Signer signer;

  /**
   * The authority that has this key.
   *
   * @param privateKey Ed25519, 32 bytes; becomes this object's to wipe
   */
  public FleetAuthority(FleetId fleet, SecretBytes privateKey, Signer signer) {
    this.fleet = fleet;
    this.privateKey = FreshKeys.checked("authority key", privateKey);
    this.publicKey = signer.publicKeyOf(privateKey);
    this.signer = signer;
  }

  /** A new one. */
  public static FleetAuthority generate(FleetId fleet, RandomWords random, Signer signer) {
    return new FleetAuthority(fleet, FreshKeys.next(random), signer);
  }

  public FleetId fleet() {
    return fleet;
  }

  /** Ed25519. */
  public Octets publicKey() {
    return publicKey;
  }

  /** For the file; stays this object's to wipe. */
  SecretBytes privateKey() {
    return privateKey;
  }

  /**
   * States that the agent has {@code identityKey}. That they belong together is for the caller to
   * know.
   *
   * @param identityKey Ed25519
   */
  public IdentityCertificate certify(CertificateFacts facts, Octets identityKey) {
    requireFleet(facts);
    identityKey.requireLength("identity key", Signer.PUBLIC_KEY_BYTES);
    byte[] statement = IdentityCertificate.statement(facts, identityKey);
    return new IdentityCertificate(facts, identityKey, signer.sign(privateKey, statement));
  }

  /**
   * States that what is encrypted to {@code encryptionKey} is for the agent.
   *
   * @param encryptionKey X-Wing
   */
  public EncryptionCertificate certifyEncryption(CertificateFacts facts, Octets encryptionKey) {
    requireFleet(facts);
    encryptionKey.requireLength("encryption key", Kem.PUBLIC_KEY_BYTES);
    byte[] statement = EncryptionCertificate.statement(facts, encryptionKey);
    return new EncryptionCertificate(facts, encryptionKey, signer.sign(privateKey, statement));
  }

  /** States which enrolments no longer count. */
  public RevocationList revoke(RevocationList.Content content) {
    if (!content.fleet().equals(fleet)) {
      throw new IllegalArgumentException(
          "revocations of fleet " + content.fleet() + ", expected " + fleet);
    }
    return new RevocationList(content, signer.sign(privateKey, content.statement()));
  }

  /**
   * Signs a message of another kind.
   *
   * @param message begins with a label of its own, or is the body of an X.509 certificate, which
   *     begins as no label does: with the byte 0x30
   */
  public Octets sign(byte[] message) {
    return signer.sign(privateKey, message);
  }

  private void requireFleet(CertificateFacts facts) {
    if (!facts.fleet().equals(fleet)) {
      throw new IllegalArgumentException(
          "a certificate for fleet " + facts.fleet() + ", expected " + fleet);
    }
  }

  /**
   * Makes the keys of {@code agent}, for its identity and for encryption, and certifies them: for
   * fleets that live in one process.
   *
   * @param trust what the agent is to take as given; this authority among it
   */
  public AgentIdentity enrol(
      AgentId agent, Validity validity, FleetTrust trust, RandomWords random) {
    SecretBytes identityKey = FreshKeys.next(random);
    CertificateFacts facts =
        new CertificateFacts(fleet, agent, SerialNumber.draw(random), validity);
    IdentityCertificate certificate = certify(facts, signer.publicKeyOf(identityKey));
    return new AgentIdentity(
            certificate, new SoftwareSigningKey(identityKey, signer), trust, signer)
        .with(EncryptionIdentity.generate(this, facts, random, new XWing()));
  }

  /** Wipes the private key. */
  @Override
  public void close() {
    privateKey.wipe();
  }

  @Override
  public String toString() {
    return "FleetAuthority[" + fleet + ", " + Fingerprint.of(publicKey) + "]";
  }
}
