package io.covey.coordinator.config;

import io.covey.coordinator.http.FileDeliverySettings;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.Setting;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The section {@code delivery.https}. */
public record HttpsDeliverySection(
    @Setting(help = "Address and port, such as 0.0.0.0:8464; port 0 takes a free one.")
        HostPort listen,
    @Setting(
            help =
                "What agents are told, https://host:port; left out, the address that is listened"
                    + " on.")
        Optional<URI> url,
    @Setting(help = "Most connections of all devices.", preset = "2000", min = "1", max = "65536")
        int connections,
    @Setting(
            help = "Most requests that are answered at a time.",
            preset = "256",
            min = "1",
            max = "65536")
        int requests) {

  private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");

  public HttpsDeliverySection {
    url.map(URI::toString).ifPresent(ArtifactUrl::new);
    if (url.isEmpty() && ANY_ADDRESS.contains(listen.host())) {
      throw new IllegalArgumentException(
          "listen is "
              + listen
              + ", which is no address to connect to: say in url what agents are to be told, such"
              + " as https://models.example:"
              + listen.port());
    }
  }

  /** What agents are told; empty for the address that is listened on. */
  public Optional<ArtifactUrl> told() {
    return url.map(URI::toString).map(ArtifactUrl::new);
  }

  FileDeliverySettings settings(DeliverySection delivery) {
    return FileDeliverySettings.at(listen)
        .withTotals(connections, requests)
        .withRates(delivery.rate().bytes(), delivery.agentRate().bytes());
  }
}
