package io.covey.coordinator.config;

import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.Setting;
import java.time.Duration;

/** The section {@code http}. */
public record HttpSection(
    @Setting(
            help = "Address and port of the admin API; port 0 takes a free one.",
            preset = "127.0.0.1:8080")
        HostPort listen,
    @Setting(
            help =
                "Let the admin API listen beyond this machine although it does not check who asks.",
            preset = "false")
        boolean insecure,
    @Setting(help = "Longest time for a request to arrive.", preset = "1m", min = "1s", max = "1h")
        Duration requestTimeout,
    @Setting(help = "Largest body of a request that is no upload.", preset = "1MiB", max = "64MiB")
        DataSize maximumBody) {

  public HttpSection {
    Loopback.require(listen, insecure, "anybody who reaches the port can do everything");
  }
}
