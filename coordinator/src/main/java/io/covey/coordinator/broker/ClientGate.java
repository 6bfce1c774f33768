package io.covey.coordinator.broker;

import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.X509;
import io.covey.protocols.id.FleetId;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Whom the broker lets in over mutual TLS, and whom it keeps: a client is who its certificate says,
 * and nobody else. TLS has validated the chain; what is left is the name, revocation, and that the
 * certificate may end while the connection lasts. Thread-safe.
 */
final class ClientGate {
  private final FleetId fleet;
  private final String coordinatorClientId;
  private final Revocations revocations;
  private final InstantSource clock;

  ClientGate(
      FleetId fleet, String coordinatorClientId, Revocations revocations, InstantSource clock) {
    this.fleet = fleet;
    this.coordinatorClientId = coordinatorClientId;
    this.revocations = revocations;
    this.clock = clock;
  }

  /** Why a client may not be connected under this id; empty if it may. */
  Optional<String> refusal(String clientId, Optional<X509Certificate> shown) {
    if (shown.isEmpty()) {
      return Optional.of("it has shown no certificate");
    }
    X509Certificate certificate = shown.get();
    Optional<MemberName> name = MemberName.of(certificate);
    if (name.isEmpty() || !name.get().fleet().equals(fleet) || name.get().role().isServer()) {
      return Optional.of("its certificate is not that of an agent or coordinator of the fleet");
    }
    if (!isItsId(clientId, name.get())) {
      return Optional.of("its certificate is for " + name.get().commonName());
    }
    Optional<SerialNumber> serial = X509.serialOf(certificate);
    if (serial.isEmpty() || revocations.isRevoked(serial.get())) {
      return Optional.of("its certificate was revoked");
    }
    Instant now = clock.instant();
    return now.isAfter(certificate.getNotAfter().toInstant())
        ? Optional.of("its certificate has ended")
        : Optional.empty();
  }

  private boolean isItsId(String clientId, MemberName name) {
    boolean expected =
        name.role() != Role.COORDINATOR || name.commonName().equals(coordinatorClientId);
    return expected && clientId.equals(name.commonName());
  }
}
