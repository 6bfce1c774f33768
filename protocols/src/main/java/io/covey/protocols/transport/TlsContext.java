package io.covey.protocols.transport;

import javax.net.ssl.SSLContext;

/**
 * With what a client proves itself, and whom it trusts. Asked anew for each connection, so that a
 * renewed certificate is used from the next one on. Any thread.
 */
@FunctionalInterface
public interface TlsContext {
  SSLContext current();
}
