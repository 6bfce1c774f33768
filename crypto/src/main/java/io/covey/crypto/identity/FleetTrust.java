package io.covey.crypto.identity;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;

/**
 * What everybody in a fleet takes as given: public, and never learned from the network.
 *
 * @param authorityKey Ed25519; verifies the certificates of agents
 * @param coordinatorKey Ed25519; verifies the coordinator's session offers
 */
public record FleetTrust(FleetId fleet, Octets authorityKey, Octets coordinatorKey) {

  public FleetTrust {
    authorityKey.requireLength("authority key", Signer.PUBLIC_KEY_BYTES);
    coordinatorKey.requireLength("coordinator key", Signer.PUBLIC_KEY_BYTES);
    if (authorityKey.equals(coordinatorKey)) {
      throw new IllegalArgumentException(
          "authority and coordinator have the same key: the coordinator could enrol anybody");
    }
  }
}
