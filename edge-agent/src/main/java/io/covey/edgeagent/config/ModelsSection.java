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
            help = "How long the first block of a file may take before it is asked for again.",
            preset = "10s",
            min = "1s",
            max = "1h")
        Duration progressTimeout,
    @Setting(
            help = "Most blocks of 118 KiB that are asked for at a time.",
            preset = "8",
            min = "1",
            max = "32")
        int window,
    @Setting(
            help = "Most bytes a second that files are fetched with, on average; 0B for no limit.",
            preset = "0B",
            max = "1024GiB")
        DataSize rate,
    @Setting(
            help =
                "Fetch large files over HTTPS where the fleet offers that; false for MQTT alone,"
                    + " where only its port is open.",
            preset = "true")
        boolean https) {

  /** How models are fetched. */
  public FetchSettings fetching() {
    FetchSettings standard = FetchSettings.DEFAULT;
    return new FetchSettings(
        maximumArtifact.bytes(),
        standard.maximumTransfers(),
        progressTimeout,
        standard.firstBackoff(),
        standard.longestBackoff(),
        standard.maximumFailures(),
        window,
        rate.bytes());
  }
}
