package io.covey.coordinator.app;

import io.covey.crypto.identity.x509.TlsIdentity;

/**
 * How a coordinator proves itself to its broker.
 *
 * @param own with the role of a coordinator
 */
public record MutualTls(TlsIdentity own) {}
