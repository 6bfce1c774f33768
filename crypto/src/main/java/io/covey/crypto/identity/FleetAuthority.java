package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
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
   * States that {@code agent} has {@code identityKey}. That they belong together is for the caller
   * to know.
   *
   * @param identityKey Ed25519
   * @param issuedAtEpochSecond later than those of the agent's earlier certificates
   */
  public IdentityCertificate certify(AgentId agent, Octets identityKey, long issuedAtEpochSecond) {
    identityKey.requireLength("identity key", Signer.PUBLIC_KEY_BYTES);
    byte[] statement =
        IdentityCertificate.statement(fleet, agent, identityKey, issuedAtEpochSecond);
    return new IdentityCertificate(
        fleet, agent, identityKey, issuedAtEpochSecond, signer.sign(privateKey, statement));
  }

  /**
   * Makes the keys of {@code agent} and certifies them.
   *
   * @param coordinatorKey Ed25519; that of the coordinator whose offers the agent is to heed
   */
  public AgentIdentity enrol(
      AgentId agent, long issuedAtEpochSecond, Octets coordinatorKey, RandomWords random) {
    FleetTrust trust = new FleetTrust(fleet, publicKey, coordinatorKey);
    SecretBytes identityKey = FreshKeys.next(random);
    IdentityCertificate certificate =
        certify(agent, signer.publicKeyOf(identityKey), issuedAtEpochSecond);
    return new AgentIdentity(
        certificate, new AgentIdentity.PrivateKeys(identityKey), trust, signer);
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
