package io.covey.coordinator.broker;

/**
 * A client that is connected.
 *
 * @param tls whether the connection is encrypted
 * @param clientCertificate whether the client has shown a certificate in the TLS handshake
 */
public record BrokerConnection(String clientId, boolean tls, boolean clientCertificate) {}
