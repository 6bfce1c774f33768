package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.Admission;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.IdentityCertificate;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.IdentityDirectory;
import io.covey.protocols.id.AgentId;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at the certificates that came with a roster when somebody's key is asked for: a participant
 * asks for its neighbours', not for everybody's.
 *
 * <p>Thread rule: one thread at a time.
 */
final class SessionDirectory implements IdentityDirectory {
  private final CertifiedDirectory known;
  private Map<AgentId, ByteString> received = Map.of();

  SessionDirectory(CertifiedDirectory known) {
    this.known = known;
  }

  /** The certificates of a roster, encoded. */
  void received(Map<AgentId, ByteString> certificates) {
    received = Map.copyOf(certificates);
  }

  @Override
  public Optional<Octets> verificationKeyOf(AgentId agent) {
    return Optional.ofNullable(received.get(agent))
        .flatMap(encoded -> IdentityCertificate.decode(Octets.owning(encoded.toByteArray())))
        .filter(certificate -> known.admit(agent, certificate) == Admission.ACCEPTED)
        .map(IdentityCertificate::identityKey);
  }
}
