package io.covey.coordinator.config;

import io.covey.coordinator.http.HttpSettings;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.Setting;
import java.nio.file.Path;
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
    @Setting(help = "Most connections.", preset = "512", min = "1", max = "65536") int connections,
    @Setting(help = "Most transfers of files at once.", preset = "4", min = "1", max = "1024")
        int transfers,
    @Setting(help = "Most streams of events.", preset = "64", min = "1", max = "65536")
        int watchers,
    @Setting(help = "Longest time for an upload.", preset = "10m", min = "1s", max = "1d")
        Duration uploadTimeout,
    @Setting(help = "Longest time for an answer.", preset = "2m", min = "1s", max = "1h")
        Duration answerTimeout) {

  public HttpSection {
    Loopback.require(listen, insecure, "anybody who reaches the port can do everything");
  }

  HttpSettings settings(Path uploadDirectory, LimitsSection limits) {
    HttpSettings.BodyLimits bodies = HttpSettings.BodyLimits.standard();
    HttpSettings.Timeouts times = HttpSettings.Timeouts.standard();
    HttpSettings.LoadLimits load = HttpSettings.LoadLimits.standard();
    return new HttpSettings(
        listen.host(),
        listen.port(),
        insecure,
        uploadDirectory,
        new HttpSettings.BodyLimits(
            bodies.jsonBytes(), limits.maximumExamples().bytes(), limits.maximumModel().bytes()),
        new HttpSettings.Timeouts(times.idle(), uploadTimeout, answerTimeout, times.heartbeat()),
        new HttpSettings.LoadLimits(connections, transfers, watchers, load.watcherBacklog()));
  }
}
