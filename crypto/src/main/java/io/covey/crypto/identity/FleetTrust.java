package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.util.Optional;

/**
 * What everybody in a fleet takes as given: public, and never learned from the network.
 *
 * @param authorityKey Ed25519; verifies the certificates of agents
 * @param coordinatorKey Ed25519; verifies the coordinator's session offers
 * @param releaseRoot digest of the signed root document that releases are checked from; empty in
 *     files of before there was one
 */
public record FleetTrust(
    FleetId fleet, Octets authorityKey, Octets coordinatorKey, Optional<Sha256> releaseRoot) {

  /** Without a root for releases. */
  public FleetTrust(FleetId fleet, Octets authorityKey, Octets coordinatorKey) {
    this(fleet, authorityKey, coordinatorKey, Optional.empty());
  }

  /** The same with a root for releases. */
  public FleetTrust withReleaseRoot(Optional<Sha256> root) {
    return new FleetTrust(fleet, authorityKey, coordinatorKey, root);
  }

  public FleetTrust {
    authorityKey.requireLength("authority key", Signer.PUBLIC_KEY_BYTES);
    coordinatorKey.requireLength("coordinator key", Signer.PUBLIC_KEY_BYTES);
    if (authorityKey.equals(coordinatorKey)) {
      throw new IllegalArgumentException(
          "authority and coordinator have the same key: the coordinator could enrol anybody");
    }
  }
}
