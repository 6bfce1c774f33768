package io.covey.coordinator.broker;

import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.MemberStanding;
import io.covey.crypto.identity.x509.Role;
import io.covey.protocols.id.FleetId;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Whom the broker lets in over mutual TLS, and whom it keeps: a client is who its certificate says,
 * and nobody else. TLS has validated the chain; what is left is the name, revocation, and that the
 * certificate may end while the connection lasts. Thread-safe.
 */
final class ClientGate {
  private final String coordinatorClientId;
  private final MemberStanding standing;

  ClientGate(
      FleetId fleet, String coordinatorClientId, Revocations revocations, InstantSource clock) {
    this.coordinatorClientId = coordinatorClientId;
    this.standing = new MemberStanding(fleet, revocations, clock);
  }

  /** Why a client may not be connected under this id; empty if it may. */
  Optional<String> refusal(String clientId, Optional<X509Certificate> shown) {
    if (shown.isEmpty()) {
      return Optional.of("it has shown no certificate");
    }
    X509Certificate certificate = shown.get();
    Optional<MemberName> name = standing.client(certificate);
    if (name.isEmpty()) {
      return Optional.of("its certificate is not that of an agent or coordinator of the fleet");
    }
    if (!isItsId(clientId, name.get())) {
      return Optional.of("its certificate is for " + name.get().commonName());
    }
    return standing.objection(certificate);
  }

  private boolean isItsId(String clientId, MemberName name) {
    boolean expected =
        name.role() != Role.COORDINATOR || name.commonName().equals(coordinatorClientId);
    return expected && clientId.equals(name.commonName());
  }
}
