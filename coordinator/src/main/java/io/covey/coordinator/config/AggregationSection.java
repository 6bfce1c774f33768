package io.covey.coordinator.config;

import io.covey.coordinator.round.AggregationPlan;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.protocols.settings.Setting;
import java.time.Duration;

/** The section {@code training.aggregation}: what secure aggregation assumes of a cohort. */
public record AggregationSection(
    @Setting(
            help = "What the coordinator may do: semi-honest, or semi-malicious to lie.",
            preset = "semi-malicious")
        AdversaryModel adversary,
    @Setting(
            help = "Part of a cohort that may help the coordinator.",
            preset = "0.1",
            min = "0",
            max = "0.49")
        double corruptFraction,
    @Setting(help = "Part of a cohort that may vanish.", preset = "0.1", min = "0", max = "0.49")
        double dropoutFraction,
    @Setting(
            help = "A single update opens with probability at most 2^-privacy-bits.",
            preset = "40",
            min = "1",
            max = "128")
        int privacyBits,
    @Setting(
            help = "Too few agents remain with probability at most 2^-correctness-bits.",
            preset = "30",
            min = "1",
            max = "128")
        int correctnessBits,
    @Setting(
            help = "For a step that waits for no training.",
            preset = "30s",
            min = "1ms",
            max = "1d")
        Duration stepPeriod) {

  AggregationPlan plan() {
    return new AggregationPlan(
        adversary, corruptFraction, dropoutFraction, privacyBits, correctnessBits, stepPeriod);
  }
}
