package io.covey.edgeagent.config;

import io.covey.edgeagent.mqtt.FetchSettings;
import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.Setting;
import java.time.Duration;

/** The section {@code models}. */
public record ModelsSection(
    @Setting(
            help = "Room for all models in the data directory.",
            preset = "512MiB",
            min = "64KiB",
            max = "1024GiB")
        DataSize quota,
    @Setting(
            help = "Largest single file of a model.",
            preset = "64MiB",
            min = "1KiB",
            max = "512MiB")
        DataSize maximumArtifact,
    @Setting(
            help = "Without progress for so long, a fetch asks the broker again.",
            preset = "10s",
            min = "1s",
            max = "1h")
        Duration progressTimeout) {

  /** How models are fetched. */
  public FetchSettings fetching() {
    FetchSettings standard = FetchSettings.DEFAULT;
    return new FetchSettings(
        maximumArtifact.bytes(),
        standard.maximumTransfers(),
        progressTimeout,
        standard.firstBackoff(),
        standard.longestBackoff(),
        standard.maximumFailures());
  }
}
