package io.covey.edgeagent.serving;

import java.util.Set;

/**
 * How the agent listens for requests of programs on its device.
 *
 * @param host an address of this device; anything but loopback lets other devices in
 * @param port 0 for any that is free
 * @param threads requests that are worked on at a time
 * @param maximumBodyBytes of a request
 * @param allowedHosts names beside those of loopback that a {@code Host} header may have
 */
public record HttpSettings(
    String host, int port, int threads, int maximumBodyBytes, Set<String> allowedHosts) {

  public static final HttpSettings DEFAULT =
      new HttpSettings("127.0.0.1", 8461, 4, 4 << 20, Set.of());

  public HttpSettings {
    allowedHosts = Set.copyOf(allowedHosts);
    if (port < 0 || port > 65_535 || threads < 1 || maximumBodyBytes < 1) {
      throw new IllegalArgumentException(
          "port %d, %d threads, bodies of %d bytes".formatted(port, threads, maximumBodyBytes));
    }
  }

  /** The same on another port. */
  public HttpSettings withPort(int other) {
    return new HttpSettings(host, other, threads, maximumBodyBytes, allowedHosts);
  }
}
