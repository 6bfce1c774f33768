package io.covey.edgeagent.config;

import io.covey.protocols.settings.Secret;
import io.covey.protocols.settings.Setting;
import java.nio.file.Path;
import java.util.Optional;

/** The section {@code identity}. */
public record IdentitySection(
    @Setting(
            help =
                "File from `covey authority enrol`, for this user only, for an agent that has not"
                    + " enrolled by itself; with neither it connects to nobody.")
        Optional<Path> file,
    @Setting(
            help =
                "Join token from `covey authority token`, with which the agent enrols at its first"
                    + " start; of no use after that.")
        Optional<Secret> joinToken) {}
