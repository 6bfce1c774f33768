package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.SerialNumber;
import io.covey.protocols.id.FleetId;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Whether a client of the fleet may stay connected: what TLS has not looked at when it validated
 * the chain, and what may change while a connection lasts. Thread-safe.
 */
public final class MemberStanding {
  private final FleetId fleet;
  private final Revocations revocations;
  private final InstantSource clock;

  public MemberStanding(FleetId fleet, Revocations revocations, InstantSource clock) {
    this.fleet = fleet;
    this.revocations = revocations;
    this.clock = clock;
  }

  /** Which client of the fleet a certificate is for; empty if it is for none. */
  public Optional<MemberName> client(X509Certificate certificate) {
    return MemberName.of(certificate)
        .filter(name -> name.fleet().equals(fleet) && !name.role().isServer());
  }

  /** Why a client may not be connected any more, for people; empty if it may. */
  public Optional<String> objection(X509Certificate certificate) {
    Optional<SerialNumber> serial = X509.serialOf(certificate);
    if (serial.isEmpty() || revocations.isRevoked(serial.get())) {
      return Optional.of("its certificate was revoked");
    }
    return clock.instant().isAfter(certificate.getNotAfter().toInstant())
        ? Optional.of("its certificate has ended")
        : Optional.empty();
  }
}
