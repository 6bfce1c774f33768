/**
 * The fleet's certificates after X.509 (RFC 5280), with which its members prove themselves in TLS,
 * and the requests for them (RFC 2986). The only use of Bouncy Castle's certificate library.
 *
 * <pre>
 * root (Ed25519, offline)
 *   +- issuing authority (Ed25519, the key that also signs identities)
 *        +- agents, coordinator: clients in TLS (P-256)
 *        +- broker, issuing service: servers in TLS (P-256)
 * </pre>
 *
 * <p>Who somebody is stands in the subject's alternative name, {@code covey:FLEET/agent/NAME}; the
 * common name is the MQTT client id, as brokers want it.
 */
@NullMarked
package io.covey.crypto.identity.x509;

import org.jspecify.annotations.NullMarked;
