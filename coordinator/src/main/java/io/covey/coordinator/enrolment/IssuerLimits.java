package io.covey.coordinator.enrolment;

import java.time.Duration;

/**
 * What strangers may take of an issuing service: anybody can reach it.
 *
 * @param connections at a time, in all
 * @param connectionsOfAddress at a time, from one address
 * @param idle how long a connection may say nothing
 * @param request how long one request may take, from its first byte to its answer: one that
 *     trickles in is never idle
 */
public record IssuerLimits(
    int connections, int connectionsOfAddress, Duration idle, Duration request) {

  public IssuerLimits {
    if (connections < 1 || connectionsOfAddress < 1) {
      throw new IllegalArgumentException(
          "%d connections, %d of an address, expected 1 or more of each"
              .formatted(connections, connectionsOfAddress));
    }
    if (idle.toMillis() < 1 || request.toMillis() < 1) {
      throw new IllegalArgumentException(
          "idle for %s and requests of %s, expected a millisecond or more of each"
              .formatted(idle, request));
    }
  }

  /** As services run: many devices may stand behind one address. */
  public static IssuerLimits standard() {
    return new IssuerLimits(1024, 64, Duration.ofSeconds(20), Duration.ofSeconds(30));
  }
}
