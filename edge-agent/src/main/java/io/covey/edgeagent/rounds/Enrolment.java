package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.ParticipantMinima;
import java.time.InstantSource;

/**
 * What an agent needs to take part in rounds, whichever they are.
 *
 * @param identity stays its owner's to close
 * @param directory of the other participants, as far as their certificates were seen
 * @param decisions of sessions past
 * @param minima that every session must keep
 */
public record Enrolment(
    AgentIdentity identity,
    CertifiedDirectory directory,
    DecisionLog decisions,
    ParticipantMinima minima) {

  /**
   * With a directory that knows nobody yet.
   *
   * @param clock against which the certificates of others are checked
   */
  public static Enrolment of(
      AgentIdentity identity,
      DecisionLog decisions,
      ParticipantMinima minima,
      InstantSource clock) {
    return new Enrolment(
        identity,
        new CertifiedDirectory(FleetVerifier.of(identity.trust(), new Ed25519()), clock),
        decisions,
        minima);
  }

  /** The agent's certificate as it travels. */
  ByteString encodedCertificate() {
    return ByteString.copyFrom(identity.certificate().encode().toBytes());
  }
}
