package io.covey.protocols.transport;

import io.covey.protocols.message.Limits;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * All that one connection to a broker needs to know.
 *
 * @param server {@code mqtt://host:port} or {@code tcp://host:port}, or with TLS {@code
 *     mqtts://host:port}
 * @param clientId one connection at a time may use it
 * @param sessionExpiry how long the broker keeps subscriptions and undelivered messages of a client
 *     that is away; whole seconds
 * @param keepAlive the longest silence on the wire; whole seconds
 * @param connectTimeout from the first byte to the broker's answer
 * @param maximumMessageBytes bound of a payload, in both directions
 * @param outbox what may wait for the broker
 * @param backoff how long to wait before connecting again
 * @param will what the broker publishes when this client is gone
 * @param tls how the client proves itself and whom it trusts, for {@code mqtts} and only there
 */
public record TransportSettings(
    URI server,
    String clientId,
    Duration sessionExpiry,
    Duration keepAlive,
    Duration connectTimeout,
    int maximumMessageBytes,
    OutboxBounds outbox,
    BackoffBounds backoff,
    Optional<Will> will,
    Optional<TlsContext> tls) {
  private static final String TLS_SCHEME = "mqtts";

  /** The largest number of seconds in MQTT's two-byte fields. */
  private static final long TWO_BYTES = 65_535;

  /** 136 years less one: the largest value of a four-byte field would mean "for ever". */
  static final long LONGEST_SECONDS = 0xFFFF_FFFEL;

  /**
   * Messages and payload bytes that may wait for the broker's acknowledgement; a publication beyond
   * them is refused.
   */
  public record OutboxBounds(int messages, long bytes) {
    public OutboxBounds {
      if (messages < 1 || bytes < 1) {
        throw new IllegalArgumentException(
            "outbox of " + messages + " messages and " + bytes + " bytes, expected at least 1");
      }
    }
  }

  /**
   * Full jitter: the n-th attempt in a row waits for a random part of {@code minimum * 2^n}, but
   * never longer than {@code maximum}.
   */
  public record BackoffBounds(Duration minimum, Duration maximum) {
    private static final Duration LONGEST = Duration.ofDays(1);

    public BackoffBounds {
      if (minimum.toMillis() < 1
          || maximum.compareTo(minimum) < 0
          || maximum.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "backoff from " + minimum + " to " + maximum + ", expected 1 ms to a day, in order");
      }
    }
  }

  public TransportSettings {
    checkServer(server);
    if (TLS_SCHEME.equals(server.getScheme()) != tls.isPresent()) {
      throw new IllegalArgumentException(
          "broker address '%s' %s a TLS context; mqtts:// takes one, and nothing else does"
              .formatted(server, tls.isPresent() ? "with" : "without"));
    }
    if (clientId.isEmpty() || clientId.length() > 128) {
      throw new IllegalArgumentException(
          "client id has " + clientId.length() + " characters, expected 1 to 128");
    }
    checkSeconds("session expiry", sessionExpiry, 0, LONGEST_SECONDS);
    checkSeconds("keep-alive", keepAlive, 1, TWO_BYTES);
    if (connectTimeout.toMillis() < 1) {
      throw new IllegalArgumentException("connect timeout is " + connectTimeout);
    }
    if (maximumMessageBytes < 1) {
      throw new IllegalArgumentException("maximum message of " + maximumMessageBytes + " bytes");
    }
  }

  /**
   * What suits an agent: a session of a day, 30 s of keep-alive, messages of up to {@link
   * Limits#MESSAGE_BYTES}, 1024 messages and 64 MiB in the outbox, a second to a minute of backoff,
   * no will, and no TLS.
   */
  public static TransportSettings of(URI server, String clientId) {
    return of(server, clientId, Optional.empty());
  }

  /** The same, over TLS to {@code mqtts://host:port}. */
  public static TransportSettings overTls(URI server, String clientId, TlsContext tls) {
    return of(server, clientId, Optional.of(tls));
  }

  private static TransportSettings of(URI server, String clientId, Optional<TlsContext> tls) {
    return new TransportSettings(
        server,
        clientId,
        Duration.ofDays(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        Limits.MESSAGE_BYTES,
        new OutboxBounds(1024, 64L << 20),
        new BackoffBounds(Duration.ofSeconds(1), Duration.ofMinutes(1)),
        Optional.empty(),
        tls);
  }

  /** The same with this will. */
  public TransportSettings withWill(Will newWill) {
    return new TransportSettings(
        server,
        clientId,
        sessionExpiry,
        keepAlive,
        connectTimeout,
        maximumMessageBytes,
        outbox,
        backoff,
        Optional.of(newWill),
        tls);
  }

  /** The same with these bounds of what may wait for the broker. */
  public TransportSettings withOutbox(OutboxBounds newOutbox) {
    return new TransportSettings(
        server,
        clientId,
        sessionExpiry,
        keepAlive,
        connectTimeout,
        maximumMessageBytes,
        newOutbox,
        backoff,
        will,
        tls);
  }

  /** The same with these waits before connecting again. */
  public TransportSettings withBackoff(BackoffBounds newBackoff) {
    return new TransportSettings(
        server,
        clientId,
        sessionExpiry,
        keepAlive,
        connectTimeout,
        maximumMessageBytes,
        outbox,
        newBackoff,
        will,
        tls);
  }

  /** The same with these times; see the components of the same name. */
  public TransportSettings withTimes(
      Duration newSessionExpiry, Duration newKeepAlive, Duration newConnectTimeout) {
    return new TransportSettings(
        server,
        clientId,
        newSessionExpiry,
        newKeepAlive,
        newConnectTimeout,
        maximumMessageBytes,
        outbox,
        backoff,
        will,
        tls);
  }

  static void checkSeconds(String what, Duration value, long minimum, long maximum) {
    if (value.getNano() != 0 || value.toSeconds() < minimum || value.getSeconds() > maximum) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected whole seconds from " + minimum + " to " + maximum);
    }
  }

  private static void checkServer(URI server) {
    String scheme = server.getScheme();
    boolean known = "mqtt".equals(scheme) || "tcp".equals(scheme) || TLS_SCHEME.equals(scheme);
    if (!known || server.getHost() == null || server.getPort() < 1) {
      throw new IllegalArgumentException(
          "broker address '" + server + "', expected mqtt://host:port or mqtts://host:port");
    }
  }
}
