package io.covey.coordinator.config;

import io.covey.coordinator.broker.BrokerSettings;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The section {@code broker}. */
public record BrokerSection(
    @Setting(
            help =
                "An external broker, mqtts://broker.example:8883, or mqtt:// without TLS; left out,"
                    + " one runs in this process, and the keys below are for that.")
        Optional<URI> uri,
    @Setting(help = "Address and port; port 0 takes a free one.", preset = "127.0.0.1:8883")
        HostPort listen,
    @Setting(
            help =
                "Let the broker listen beyond this machine although it does not check who connects"
                    + " and nothing is encrypted.",
            preset = "false")
        boolean insecure,
    @Setting(
            help =
                "Take clients over TLS 1.3 only, and only with a certificate of the fleet, as which"
                    + " they are held to their own topics.",
            preset = "true")
        boolean mutualTls,
    @Setting(
            help =
                "Names and addresses in the certificate that the broker is given in a trial, where"
                    + " the authority's key is at hand.",
            preset = "localhost,127.0.0.1")
        List<String> hosts,
    @Setting(
            help = "Keep sessions, queues and retained messages over a restart, in files.",
            preset = "true")
        boolean persistent,
    @Setting(help = "Most connections.", preset = "20000", min = "1", max = "1000000")
        int connections,
    @Setting(
            help = "Messages kept for a client that is away or slow; further ones are dropped.",
            preset = "10000",
            min = "1",
            max = "10000000")
        int queuedMessages,
    @Setting(
            help = "Unacknowledged messages that a client may have under way.",
            preset = "256",
            min = "1",
            max = "65535")
        int receiveMaximum,
    @Setting(
            help = "Longest silence that a client may ask for.",
            preset = "1h",
            min = "1s",
            max = "18h")
        Duration keepAlive,
    @Setting(
            help = "Longest time for which an absent client is remembered.",
            preset = "7d",
            min = "1s",
            max = "365d")
        Duration sessionExpiry) {

  private static final String TLS_SCHEME = "mqtts";

  public BrokerSection {
    uri.ifPresent(BrokerSection::checkUri);
    hosts = List.copyOf(hosts);
    if (uri.isEmpty() && !mutualTls) {
      Loopback.require(listen, insecure, "anybody who reaches the port can pose as any agent");
    }
  }

  /** Where agents of a trial find it over TLS; empty when they cannot, or it is not known yet. */
  public Optional<URI> toldToAgents() {
    if (uri.isPresent() || !mutualTls || listen.port() == 0) {
      return uri.filter(at -> TLS_SCHEME.equals(at.getScheme()));
    }
    return Optional.of(URI.create(TLS_SCHEME + "://" + new HostPort(firstHost(), listen.port())));
  }

  /** By which agents of a trial know this machine. */
  public String firstHost() {
    return hosts.isEmpty() ? "localhost" : hosts.get(0);
  }

  /** Whether the coordinator proves itself to its broker with a certificate. */
  public boolean usesTls() {
    return uri.map(at -> TLS_SCHEME.equals(at.getScheme())).orElse(mutualTls);
  }

  Optional<BrokerSettings> embedded(FleetId fleet, String coordinatorClientId, Path dataDirectory) {
    if (uri.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new BrokerSettings(
            fleet,
            coordinatorClientId,
            listen.host(),
            listen.port(),
            persistent ? Optional.of(dataDirectory.resolve("broker")) : Optional.empty(),
            new BrokerSettings.Limits(
                connections, queuedMessages, receiveMaximum, keepAlive, sessionExpiry)));
  }

  private static void checkUri(URI uri) {
    boolean known = Set.of("mqtt", "tcp", TLS_SCHEME).contains(String.valueOf(uri.getScheme()));
    if (!known || uri.getHost() == null || uri.getPort() < 1 || uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "uri must have the form mqtts://host:port or mqtt://host:port");
    }
  }
}
