package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;

/**
 * The key with which a coordinator signs session offers, and the authority that it takes agents
 * from. Not the authority's key: with that, it could enrol participants of its own.
 *
 * <p>Safe for use by several threads, but for {@link #close}, which comes last.
 */
public final class CoordinatorIdentity implements AutoCloseable {
  private final SecretBytes signingKey;
  private final FleetTrust trust;

  /**
   * Checks that the key is the one that agents know.
   *
   * @param signingKey Ed25519, 32 bytes; becomes this object's to wipe
   * @throws IllegalArgumentException if it is another
   */
  public CoordinatorIdentity(SecretBytes signingKey, FleetTrust trust, Signer signer) {
    FreshKeys.checked("signing key", signingKey);
    if (!signer.publicKeyOf(signingKey).equals(trust.coordinatorKey())) {
      throw new IllegalArgumentException(
          "the signing key is not the one whose public key agents are given");
    }
    this.signingKey = signingKey;
    this.trust = trust;
  }

  /** A new one for the fleet of {@code authority}. */
  public static CoordinatorIdentity generate(
      FleetAuthority authority, RandomWords random, Signer signer) {
    SecretBytes signingKey = FreshKeys.next(random);
    FleetTrust trust =
        new FleetTrust(authority.fleet(), authority.publicKey(), signer.publicKeyOf(signingKey));
    return new CoordinatorIdentity(signingKey, trust, signer);
  }

  public FleetId fleet() {
    return trust.fleet();
  }

  /** Ed25519, private; stays this object's to wipe. */
  public SecretBytes signingKey() {
    return signingKey;
  }

  /** Ed25519; what agents verify offers with. */
  public Octets publicKey() {
    return trust.coordinatorKey();
  }

  /** Ed25519; verifies the certificates of agents. */
  public Octets authorityKey() {
    return trust.authorityKey();
  }

  public FleetTrust trust() {
    return trust;
  }

  /** Wipes the private key. */
  @Override
  public void close() {
    signingKey.wipe();
  }

  @Override
  public String toString() {
    return "CoordinatorIdentity[" + fleet() + ", " + Fingerprint.of(publicKey()) + "]";
  }
}
