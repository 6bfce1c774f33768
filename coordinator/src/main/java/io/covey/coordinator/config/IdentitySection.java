package io.covey.coordinator.config;

import io.covey.protocols.settings.HostPort;
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
        Optional<Path> directory,
    @Setting(
            help =
                "Issuing service that tells of revocations, host:port; left out, revocations.list"
                    + " in that directory does. With mutual TLS only.")
        Optional<HostPort> issuer,
    @Setting(
            help =
                "Run the issuing service in this process, on this host:port, for trials: it needs"
                    + " authority.key in that directory.")
        Optional<HostPort> serve) {}
