package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.time.Duration;

/** Descriptors that differ in what a test is about. */
final class Descriptors {
  static final SecAggAssumptions ASSUMPTIONS =
      SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.1, 0.1);

  private Descriptors() {}

  static SessionDescriptor of(SessionDescriptor.Cohort cohort, SecAggAssumptions assumptions) {
    return new SessionDescriptor(
        new FleetId("fleet"),
        new RoundId("round-1"),
        new SessionDescriptor.Model(
            new ModelName("digits"), new ModelVersion(3), Sha256.of(new byte[] {1})),
        new SessionDescriptor.Vector(new LaneLayout(9, 12, 30), 2, 1.5, 100, 0.25),
        cohort,
        assumptions,
        Duration.ofSeconds(30),
        Octets.ofHex("00112233445566778899aabbccddeeff".repeat(2)));
  }
}
