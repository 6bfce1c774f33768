package io.covey.coordinator.config;

import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.Setting;

/** The section {@code limits}. */
public record LimitsSection(
    @Setting(
            help = "Largest file of a model or of held-out examples that is taken.",
            preset = "256MiB",
            min = "1KiB",
            max = "512MiB")
        DataSize maximumUpload,
    @Setting(
            help = "Parts of updates that are held until the rest arrives, all agents together.",
            preset = "64MiB",
            min = "1MiB",
            max = "16GiB")
        DataSize inFlightUpdates,
    @Setting(
            help = "Versions of a model whose chunks stay on the broker.",
            preset = "3",
            min = "1",
            max = "1000")
        int retainedVersions) {}
