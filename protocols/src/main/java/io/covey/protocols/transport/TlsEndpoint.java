package io.covey.protocols.transport;

import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * The broker of one connection, as TLS (RFC 8446) needs to know it: its certificate must be for
 * this host.
 */
record TlsEndpoint(TlsContext context, String host, int port) {
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** RFC 9525 by way of RFC 2818: the host's name must be in the certificate. */
  private static final String HOST_CHECK = "HTTPS";

  static Optional<TlsEndpoint> of(TransportSettings settings) {
    return settings
        .tls()
        .map(
            context ->
                new TlsEndpoint(
                    context,
                    unbracketed(settings.server().getHost()),
                    settings.server().getPort()));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /**
   * Does the handshake over a TCP connection.
   *
   * @param timeoutMillis the longest silence in it; 0 for any
   */
  Socket over(Socket carrier, int timeoutMillis) throws IOException {
    SSLSocket socket =
        (SSLSocket) context.current().getSocketFactory().createSocket(carrier, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(HOST_CHECK);
    parameters.setProtocols(PROTOCOLS);
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(timeoutMillis);
    socket.startHandshake();
    socket.setSoTimeout(0);
    return socket;
  }
}
