package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.protocols.id.FleetId;
import java.util.Optional;

/**
 * The key with which a coordinator signs session offers, and the authority that it takes agents
 * from. Not the authority's key: with that, it could enrol participants of its own.
 *
 * <p>Safe for use by several threads, but for {@link #close}, which comes last.
 */
public final class CoordinatorIdentity implements AutoCloseable {
  private final SecretBytes signingKey;
  private final FleetTrust trust;
  private final Optional<ReleaseKeys> releases;

  /**
   * Checks that the key is the one that agents know.
   *
   * @param signingKey Ed25519, 32 bytes; becomes this object's to wipe
   * @throws IllegalArgumentException if it is another
   */
  public CoordinatorIdentity(SecretBytes signingKey, FleetTrust trust, Signer signer) {
    this(signingKey, trust, signer, Optional.empty());
  }

  private CoordinatorIdentity(
      SecretBytes signingKey, FleetTrust trust, Signer signer, Optional<ReleaseKeys> releases) {
    FreshKeys.checked("signing key", signingKey);
    if (!signer.publicKeyOf(signingKey).equals(trust.coordinatorKey())) {
      throw new IllegalArgumentException(
          "the signing key is not the one whose public key agents are given");
    }
    this.signingKey = signingKey;
    this.trust = trust;
    this.releases = releases;
  }

  /**
   * The same with the keys that it releases with, in whose first root agents trust that enrol from
   * now on. Takes the place of this one, which is not to be closed any more.
   *
   * @param keys become the new object's to close
   */
  public CoordinatorIdentity withReleases(ReleaseKeys keys, Signer signer) {
    if (!keys.fleet().equals(fleet())) {
      throw new IllegalArgumentException(
          "keys for releases of fleet " + keys.fleet() + ", expected " + fleet());
    }
    return new CoordinatorIdentity(
        signingKey,
        trust.withReleaseRoot(Optional.of(keys.firstRoot())),
        signer,
        Optional.of(keys));
  }

  /** With which it releases; empty for one that signs no releases. Stay this object's to close. */
  public Optional<ReleaseKeys> releases() {
    return releases;
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

  /** Wipes the private keys. */
  @Override
  public void close() {
    signingKey.wipe();
    releases.ifPresent(ReleaseKeys::close);
  }

  @Override
  public String toString() {
    return "CoordinatorIdentity[" + fleet() + ", " + Fingerprint.of(publicKey()) + "]";
  }
}
