package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import java.util.Optional;

/**
 * The public key infrastructure: who has which enrolled identity. It must not come from the
 * coordinator of the session, which could otherwise play every other participant itself.
 */
@FunctionalInterface
public interface IdentityDirectory {
  /** The Ed25519 verification key; empty for whoever is not enrolled. */
  Optional<Octets> verificationKeyOf(AgentId agent);
}
