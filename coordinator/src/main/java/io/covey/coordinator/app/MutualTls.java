package io.covey.coordinator.app;

import io.covey.coordinator.enrolment.RevocationSource;
import io.covey.crypto.identity.x509.TlsIdentity;

/**
 * How a coordinator proves itself to its broker, and learns who is no longer a member.
 *
 * @param own with the role of a coordinator
 */
public record MutualTls(TlsIdentity own, RevocationSource revocations) {}
