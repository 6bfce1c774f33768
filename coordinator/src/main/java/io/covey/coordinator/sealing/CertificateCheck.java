package io.covey.coordinator.sealing;

import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.Revocations;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.time.Scheduler;
import java.util.Optional;

/** Whether an encryption certificate counts now, but for its signature. From any thread. */
record CertificateCheck(FleetId fleet, Revocations revocations, Scheduler scheduler) {

  /** What there is to say against a certificate that an agent has announced; empty for nothing. */
  Optional<String> objection(AgentId agent, EncryptionCertificate certificate) {
    if (!certificate.fleet().equals(fleet) || !certificate.agent().equals(agent)) {
      return Optional.of(
          "an encryption certificate of %s of fleet %s"
              .formatted(certificate.agent(), certificate.fleet()));
    }
    if (isRevoked(certificate)) {
      return Optional.of("a revoked encryption certificate");
    }
    return certificate.validity().covers(scheduler.now())
        ? Optional.empty()
        : Optional.of("an encryption certificate that is not valid now");
  }

  boolean isRevoked(EncryptionCertificate certificate) {
    return revocations.isRevoked(certificate.facts().serial());
  }

  /** Whether a member's certificate counts no more. */
  boolean isOver(EncryptionCertificate certificate) {
    return isRevoked(certificate) || certificate.validity().hasEnded(scheduler.now());
  }
}
