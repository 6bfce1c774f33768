package io.covey.coordinator.config;

import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.Setting;
import java.time.Duration;
import java.util.Optional;

/** The section {@code delivery}. */
public record DeliverySection(
    @Setting(
            help =
                "Where agents find the blocks of files: retained, with the broker, or on-request,"
                    + " from the coordinator alone.",
            preset = "retained")
        DeliverySettings.Mode mode,
    @Setting(
            help =
                "Most bytes a second of answers to requests, on average, and as many again over"
                    + " HTTPS; 0B for no limit.",
            preset = "0B",
            max = "1024GiB")
        DataSize rate,
    @Setting(help = "The same for each agent that asks.", preset = "0B", max = "1024GiB")
        DataSize agentRate,
    @Setting(
            help = "How long a request waits for others of the same block, to answer all at once.",
            preset = "100ms",
            max = "1m")
        Duration gathering,
    @Setting(
            help =
                "Serve files over HTTPS too, to devices with a certificate of the fleet; left out,"
                    + " over MQTT alone. With mutual TLS only.")
        Optional<HttpsDeliverySection> https) {

  DeliverySettings settings() {
    return new DeliverySettings(mode, rate.bytes(), agentRate.bytes(), gathering);
  }
}
