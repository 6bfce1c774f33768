package io.covey.edgeagent.config;

import io.covey.edgeagent.selftest.ChildLimits;
import io.covey.edgeagent.selftest.SelfTestMode;
import io.covey.edgeagent.serving.HttpSettings;
import io.covey.edgeagent.serving.ServedVersion.Concurrency;
import io.covey.edgeagent.session.Probation;
import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.Setting;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** The section {@code serving}. */
public record ServingSection(
    @Setting(help = "Listen for requests over HTTP.", preset = "true") boolean http,
    @Setting(help = "Address and port; port 0 takes a free one.", preset = "127.0.0.1:8461")
        HostPort listen,
    @Setting(
            help =
                "Names other than those of loopback under which requests may come, such as"
                    + " device.example.")
        List<String> allowedHosts,
    @Setting(help = "Requests that are worked on at a time.", preset = "4", min = "1", max = "256")
        int threads,
    @Setting(
            help = "Interpreters of one model; each takes memory of its own.",
            preset = "2",
            min = "1",
            max = "64")
        int sessions,
    @Setting(help = "Longest wait of a request for an interpreter.", preset = "2s", max = "1m")
        Duration longestWait,
    @Setting(help = "Largest request.", preset = "4MiB", min = "1KiB", max = "256MiB")
        DataSize maximumBody,
    @Setting(
            help =
                "Where a new version is tested before it answers: child-process, in-process or"
                    + " off.",
            preset = "child-process")
        SelfTestMode selfTest,
    @Setting(help = "Longest self-test in a child process.", preset = "1m", min = "1s", max = "1h")
        Duration selfTestTimeout,
    @Setting(
            help = "How long a new version is watched after it began to answer; 0s for not at all.",
            preset = "10m",
            max = "7d")
        Duration probation,
    @Setting(
            help =
                "Failed inferences, or ends of the process without closing, in that time, after"
                    + " which the version before returns.",
            preset = "3",
            min = "1",
            max = "1000000")
        int probationFailures) {

  /** Empty when the agent does not listen. */
  public Optional<HttpSettings> httpSettings() {
    return http
        ? Optional.of(
            new HttpSettings(
                listen.host(),
                listen.port(),
                threads,
                maximumBody.bytesAsInt(),
                new HashSet<>(allowedHosts)))
        : Optional.empty();
  }

  /** What the process of a self-test may take. */
  public ChildLimits selfTestLimits() {
    return ChildLimits.DEFAULT.withTimeout(selfTestTimeout);
  }

  /** When a new version has passed. */
  public Probation.Terms probationTerms() {
    return new Probation.Terms(probation, probationFailures);
  }

  /** How requests share a model. */
  public Concurrency concurrency() {
    return new Concurrency(sessions, longestWait);
  }
}
