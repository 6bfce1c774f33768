package io.covey.edgeagent.config;

import io.covey.protocols.settings.Setting;
import java.nio.file.Path;
import java.util.Optional;

/** The section {@code identity}. */
public record IdentitySection(
    @Setting(
            help =
                "File from `covey authority enrol`, for this user only; left out, the agent serves"
                    + " and does not train.")
        Optional<Path> file) {}
