package io.covey.edgeagent.config;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.settings.Setting;
import io.covey.protocols.transport.TlsContext;
import io.covey.protocols.transport.TransportSettings;
import io.covey.protocols.transport.TransportSettings.BackoffBounds;
import java.net.URI;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The section {@code broker}. */
public record BrokerSection(
    @Setting(
            help =
                "The fleet's MQTT 5 broker, mqtts://host:port or mqtt://host:port; left out, what"
                    + " the agent was told when it enrolled.")
        Optional<URI> uri,
    @Setting(
            help = "Longest silence on the connection; whole seconds.",
            preset = "30s",
            min = "1s",
            max = "18h")
        Duration keepAlive,
    @Setting(
            help = "How long the broker keeps messages for this agent while it is away.",
            preset = "1d",
            min = "1s",
            max = "365d")
        Duration sessionExpiry,
    @Setting(
            help = "Longest wait for the broker's answer when connecting.",
            preset = "10s",
            min = "1s",
            max = "5m")
        Duration connectTimeout,
    @Setting(
            help = "Bound of the first random wait before connecting again; it doubles each time.",
            preset = "1s",
            min = "10ms",
            max = "1h")
        Duration firstBackoff,
    @Setting(help = "Where that doubling ends.", preset = "1m", min = "10ms", max = "1d")
        Duration longestBackoff,
    @Setting(
            help = "How long the broker waits before it calls a lost agent gone; whole seconds.",
            preset = "10s",
            max = "1h")
        Duration willDelay,
    @Setting(help = "Between two reports of counters.", preset = "30s", min = "1s", max = "1d")
        Duration telemetryInterval) {

  private static final String TLS = "mqtts";
  private static final Set<String> SCHEMES = Set.of("mqtt", "tcp", TLS);
  private static final URI PLAIN = URI.create("mqtt://127.0.0.1:1883");

  public BrokerSection {
    uri.ifPresent(BrokerSection::check);
    for (Duration seconds : List.of(keepAlive, sessionExpiry, willDelay)) {
      if (!seconds.truncatedTo(ChronoUnit.SECONDS).equals(seconds)) {
        throw new IllegalArgumentException(
            "keep-alive, session-expiry and will-delay must be whole seconds");
      }
    }
    if (longestBackoff.compareTo(firstBackoff) < 0) {
      throw new IllegalArgumentException("longest-backoff is shorter than first-backoff");
    }
  }

  private static void check(URI uri) {
    boolean known = SCHEMES.contains(String.valueOf(uri.getScheme()));
    if (!known || uri.getHost() == null || uri.getPort() < 1 || uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "uri must have the form mqtts://host:port or mqtt://host:port");
    }
  }

  /** The connection of an agent that has not enrolled. */
  public TransportSettings transport(AgentId agent) {
    return timed(TransportSettings.of(uri.orElse(PLAIN), agent.value()));
  }

  /**
   * The connection of an agent that has enrolled.
   *
   * @param told where, by its enrolment
   */
  public TransportSettings transport(AgentId agent, URI told, TlsContext tls) {
    URI server = uri.orElse(told);
    return timed(
        TLS.equals(server.getScheme())
            ? TransportSettings.overTls(server, agent.value(), tls)
            : TransportSettings.of(server, agent.value()));
  }

  /** Whether only an agent that has enrolled can connect. */
  public boolean needsEnrolment() {
    return uri.filter(at -> TLS.equals(at.getScheme())).isPresent();
  }

  private TransportSettings timed(TransportSettings settings) {
    return settings
        .withTimes(sessionExpiry, keepAlive, connectTimeout)
        .withBackoff(new BackoffBounds(firstBackoff, longestBackoff));
  }
}
