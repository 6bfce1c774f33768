package io.covey.benchmarks.delivery;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetTrust;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.time.Instant;

/** The fleet of a bench, the same in both processes: keys from a seed, which hide nothing. */
final class BenchFleet {
  static final FleetId FLEET = new FleetId("bench");
  private static final TrialAuthority AUTHORITY =
      TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);

  private BenchFleet() {}

  static AgentIdentity enrol(AgentId agent) {
    return AUTHORITY.enrol(agent, 0);
  }

  static FleetTrust coordinatorTrust() {
    return AUTHORITY.coordinator().trust();
  }

  static CoordinatorMessageGuard guard(Instant now) {
    return new CoordinatorMessageGuard(
        AUTHORITY.coordinator(),
        new CertifiedDirectory(FleetVerifier.of(coordinatorTrust(), new Ed25519()), () -> now),
        new Ed25519(),
        now);
  }
}
