package io.covey.coordinator.config;

import io.covey.protocols.settings.Setting;
import java.nio.file.Path;
import java.util.Optional;

/** The section {@code identity}. */
public record IdentitySection(
    @Setting(
            help =
                "Directory with authority.pub and coordinator.key, from `covey authority init`;"
                    + " left out, authority in the data directory, where a trial authority is made"
                    + " at the first start.")
        Optional<Path> directory) {}
