package io.covey.coordinator.config;

import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.coordinator.release.Lifetimes;
import io.covey.coordinator.training.RoundLimits;
import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.Setting;
import java.time.Duration;

/** The section {@code limits}. */
public record LimitsSection(
    @Setting(
            help = "Largest model that can be uploaded.",
            preset = "256MiB",
            min = "1KiB",
            max = "512MiB")
        DataSize maximumModel,
    @Setting(
            help = "Largest file of held-out examples that can be uploaded.",
            preset = "64MiB",
            min = "1KiB",
            max = "1GiB")
        DataSize maximumExamples,
    @Setting(
            help = "Parts of updates that a round holds until the rest arrives.",
            preset = "256MiB",
            min = "1MiB",
            max = "64GiB")
        DataSize inFlightUpdates,
    @Setting(
            help = "Versions of a model whose files stay with the broker.",
            preset = "2",
            min = "1",
            max = "1000")
        int publishedVersions,
    @Setting(
            help = "Failed rounds in a row after which a training stops.",
            preset = "5",
            min = "1",
            max = "1000000")
        int failedRounds,
    @Setting(
            help = "Wait before the round after a failed one; it grows with each failure in a row.",
            preset = "1s",
            max = "1d")
        Duration retryDelay) {

  RoundLimits rounds(DeliverySettings delivery, Lifetimes releases) {
    return new RoundLimits(
        inFlightUpdates.bytes(),
        failedRounds,
        retryDelay,
        publishedVersions,
        maximumModel.bytesAsInt(),
        delivery,
        releases);
  }
}
