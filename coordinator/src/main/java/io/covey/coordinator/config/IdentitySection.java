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
                    + " in that directory does.")
        Optional<HostPort> issuer,
    @Setting(
            help =
                "Run the issuing service in this process, on this host:port: it needs authority.key"
                    + " in that directory. Left out, 127.0.0.1:8463 in a trial, which is when"
                    + " directory is left out, and none otherwise.")
        Optional<HostPort> serve) {

  /** Where agents enrol in a trial. */
  static final HostPort TRIAL_ISSUER = new HostPort("127.0.0.1", 8463);
}
