package io.covey.coordinator.broker;

import io.covey.protocols.id.FleetId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the embedded broker runs.
 *
 * @param fleet the only fleet that it serves
 * @param coordinatorClientId the one client that may use all of the fleet's topics; best one that
 *     no agent's id can be
 * @param bindAddress host name or address to listen on
 * @param port 0 for any free one
 * @param directory where sessions, queues and retained messages survive a restart; empty to keep
 *     them in memory only
 * @param limits what one client may take
 * @param tls empty for plain TCP, where a client is who it says that it is
 */
public record BrokerSettings(
    FleetId fleet,
    String coordinatorClientId,
    String bindAddress,
    int port,
    Optional<Path> directory,
    Limits limits,
    Optional<BrokerTls> tls) {

  /** Only programs on this machine can connect. */
  public static final String LOOPBACK = "127.0.0.1";

  /**
   * Bounds that the broker enforces and announces to its clients.
   *
   * @param connections more are refused
   * @param queuedMessages for each client, while it is away or slow; beyond them new ones are
   *     dropped
   * @param receiveMaximum unacknowledged publications that a client may have under way
   * @param keepAlive the longest silence a client may ask for; at most 65,535 s
   * @param sessionExpiry the longest time for which an absent client is remembered
   */
  public record Limits(
      int connections,
      int queuedMessages,
      int receiveMaximum,
      Duration keepAlive,
      Duration sessionExpiry) {
    private static final Duration LONGEST_KEEP_ALIVE = Duration.ofSeconds(65_535);
    private static final Duration LONGEST_SESSION = Duration.ofDays(365);

    public Limits {
      check("connections", connections, 1, 1_000_000);
      check("queued messages", queuedMessages, 1, 10_000_000);
      check("receive maximum", receiveMaximum, 1, 65_535);
      check("keep-alive", keepAlive, LONGEST_KEEP_ALIVE);
      check("session expiry", sessionExpiry, LONGEST_SESSION);
    }

    /** For a fleet of thousands. */
    public static Limits standard() {
      return new Limits(20_000, 10_000, 256, Duration.ofHours(1), Duration.ofDays(7));
    }

    private static void check(String what, int value, int minimum, int maximum) {
      if (value < minimum || value > maximum) {
        throw new IllegalArgumentException(
            what + " is " + value + ", expected " + minimum + " to " + maximum);
      }
    }

    private static void check(String what, Duration value, Duration maximum) {
      if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(maximum) > 0) {
        throw new IllegalArgumentException(what + " is " + value + ", expected PT1S to " + maximum);
      }
    }
  }

  public BrokerSettings {
    Limits.check("broker port", port, 0, 65_535);
    if (coordinatorClientId.isEmpty() || bindAddress.isBlank()) {
      throw new IllegalArgumentException("the coordinator's client id and bind address are needed");
    }
  }

  /** Over plain TCP. */
  public BrokerSettings(
      FleetId fleet,
      String coordinatorClientId,
      String bindAddress,
      int port,
      Optional<Path> directory,
      Limits limits) {
    this(fleet, coordinatorClientId, bindAddress, port, directory, limits, Optional.empty());
  }

  /** The same over mutual TLS. */
  public BrokerSettings withTls(BrokerTls newTls) {
    return new BrokerSettings(
        fleet, coordinatorClientId, bindAddress, port, directory, limits, Optional.of(newTls));
  }

  /** On a free port of the loopback interface, in memory. */
  public static BrokerSettings onLoopback(FleetId fleet, String coordinatorClientId) {
    return new BrokerSettings(
        fleet, coordinatorClientId, LOOPBACK, 0, Optional.empty(), Limits.standard());
  }
}
