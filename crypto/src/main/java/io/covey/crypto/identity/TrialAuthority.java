package io.covey.crypto.identity;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.TrialReleaseKeys;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.nio.ByteBuffer;

/**
 * A whole fleet's authority in memory, beside the coordinator that it should be kept apart from:
 * for demos, simulations and tests.
 *
 * <p>Safe for use by several threads. What it handed out stays whole when it is closed, but for the
 * coordinator's identity, which is its own.
 */
public final class TrialAuthority implements AutoCloseable {
  private final FleetAuthority authority;
  private final CoordinatorIdentity coordinator;
  private final RandomWords random;
  private final SecretBytes releaseRootKey;

  private TrialAuthority(FleetId fleet, Signer signer, RandomWords random, RandomWords ofReleases) {
    this.authority = FleetAuthority.generate(fleet, random, signer);
    this.releaseRootKey = FreshKeys.next(ofReleases);
    this.coordinator =
        CoordinatorIdentity.generate(authority, random, signer)
            .withReleases(
                TrialReleaseKeys.create(fleet, releaseRootKey, ofReleases, signer), signer);
    this.random = random;
  }

  /** With keys from the platform's secure generator. */
  public static TrialAuthority create(FleetId fleet, Signer signer) {
    RandomWords random = AesCtrRandomWords.fromSystemRandomness();
    return new TrialAuthority(fleet, signer, random, random);
  }

  /**
   * With keys that anybody who knows the seed can make: for simulations and tests, which it lets
   * replay. The keys of agents follow the order in which they are enrolled.
   */
  public static TrialAuthority insecureSeeded(FleetId fleet, Signer signer, long seed) {
    byte[] bytes = ByteBuffer.allocate(AesCtrRandomWords.SEED_BYTES).putLong(seed).array();
    byte[] other = bytes.clone();
    other[Long.BYTES] = 1;
    return new TrialAuthority(
        fleet, signer, AesCtrRandomWords.fromSeed(bytes), AesCtrRandomWords.fromSeed(other));
  }

  /** Ed25519; signs roots of releases. Stays this object's to wipe. */
  public SecretBytes releaseRootKey() {
    return releaseRootKey;
  }

  public FleetAuthority authority() {
    return authority;
  }

  public CoordinatorIdentity coordinator() {
    return coordinator;
  }

  /** Ed25519; verifies the certificates of agents. */
  public Octets authorityKey() {
    return authority.publicKey();
  }

  /** Fresh keys for {@code agent}, certified for 100 years; the caller's to close. */
  public synchronized AgentIdentity enrol(AgentId agent, long issuedAtEpochSecond) {
    Validity validity =
        new Validity(issuedAtEpochSecond, issuedAtEpochSecond + Validity.LONGEST.toSeconds());
    return authority.enrol(agent, validity, coordinator.trust(), random);
  }

  /** Wipes the keys of authority and coordinator. */
  @Override
  public void close() {
    authority.close();
    releaseRootKey.wipe();
    coordinator.close();
  }
}
