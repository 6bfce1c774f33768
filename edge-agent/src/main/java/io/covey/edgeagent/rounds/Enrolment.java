package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.ParticipantMinima;

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

  /** With a directory that knows nobody yet. */
  public static Enrolment of(
      AgentIdentity identity, DecisionLog decisions, ParticipantMinima minima) {
    return new Enrolment(
        identity,
        new CertifiedDirectory(identity.fleet(), identity.authorityKey(), new Ed25519()),
        decisions,
        minima);
  }

  /** The agent's certificate as it travels. */
  ByteString encodedCertificate() {
    return ByteString.copyFrom(identity.certificate().encode().toBytes());
  }
}
