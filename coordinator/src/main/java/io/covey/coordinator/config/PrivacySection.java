package io.covey.coordinator.config;

import io.covey.coordinator.round.PrivacyPlan;
import io.covey.protocols.settings.Setting;
import java.util.Optional;

/** The section {@code training.privacy}: the noise that makes rounds differentially private. */
public record PrivacySection(
    @Setting(
            help = "Deviation of the noise in a sum over the most that one agent adds to it.",
            min = "0.01",
            max = "1000")
        double noiseMultiplier,
    @Setting(help = "Rotate updates, so that entries need less room.", preset = "false")
        boolean rotated,
    @Setting(help = "Lets the clip norm follow the updates; left out, it stays as it is.")
        Optional<Clipping> adaptiveClipping) {

  /** Adaptive clipping after Andrew et al. */
  public record Clipping(
      @Setting(
              help = "Part of updates that should be within the clip norm.",
              preset = "0.5",
              min = "0",
              max = "1")
          double quantile,
      @Setting(help = "Of the clip norm's logarithm.", preset = "0.2", min = "0", max = "10")
          double learningRate) {}

  PrivacyPlan plan() {
    return new PrivacyPlan(
        noiseMultiplier,
        rotated,
        adaptiveClipping.map(c -> new PrivacyPlan.Clipping(c.quantile(), c.learningRate())));
  }
}
