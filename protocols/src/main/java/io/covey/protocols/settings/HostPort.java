package io.covey.protocols.settings;

/**
 * A host name or address and a TCP port, written {@code broker.example:1883} or {@code [::1]:1883}.
 *
 * @param host without brackets; not resolved
 * @param port 0 to 65535; 0 asks for a free one where a port is listened on
 */
public record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  public HostPort {
    if (host.isEmpty() || host.length() > 255 || host.chars().anyMatch(HostPort::cannotBeInHost)) {
      throw new IllegalArgumentException("expected a host name or an address before the port");
    }
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          "port " + port + " is outside 0 to " + MAX_PORT + ", which ports are");
    }
  }

  /**
   * Reads {@code host:port}; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException when the text is anything else
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (colon < 0 || (host.contains(":") && !bracketed) || !isPort(text.substring(colon + 1))) {
      throw new IllegalArgumentException(
          "expected host:port, such as localhost:1883 or [::1]:1883");
    }
    return new HostPort(
        bracketed ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(text.substring(colon + 1)));
  }

  private static boolean isPort(String digits) {
    return digits.matches("\\d{1,5}");
  }

  private static boolean cannotBeInHost(int c) {
    return c <= ' ' || c > '~' || "[]/@\\\"'#?".indexOf(c) >= 0;
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
