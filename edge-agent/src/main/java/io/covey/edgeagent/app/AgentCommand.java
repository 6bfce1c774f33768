package io.covey.edgeagent.app;

import io.covey.crypto.release.Audience;
import io.covey.edgeagent.config.AgentSettings;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import io.covey.protocols.launch.SettingsOptions;
import io.covey.protocols.launch.Version;
import io.covey.protocols.settings.Settings;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code covey agent}: runs one agent until the process is told to end. */
@Command(
    name = "agent",
    description = {
      "Runs one agent: fetches the models that its fleet wants here, serves them to programs on"
          + " this device, and trains them on the device's own examples.",
      "It goes on serving while the broker is away, and connects again by itself. Ctrl-C or"
          + " SIGTERM ends it in order."
    },
    subcommands = EnrolCommand.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey agent enrol - --data /var/lib/covey-agent < kitchen.token",
      "  covey agent --id kitchen --data /var/lib/covey-agent",
      "  covey agent --config agent.yaml",
      "  covey agent --example-config > agent.yaml"
    })
public final class AgentCommand implements CoveyCommand {
  private static final Logger LOG = LoggerFactory.getLogger(AgentCommand.class);

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Option(names = "--id", paramLabel = "NAME", description = "Name of this agent.")
  private @Nullable String id;

  @Option(names = "--fleet", paramLabel = "NAME", description = "Name of the fleet.")
  private @Nullable String fleet;

  @Option(
      names = "--broker",
      paramLabel = "URI",
      description =
          "The fleet's broker, such as mqtts://broker.local:8883, if not what enrolment told.")
  private @Nullable String broker;

  @Option(names = "--data", paramLabel = "DIRECTORY", description = "Directory for models.")
  private @Nullable String data;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where programs on this device ask; port 0 takes a free one.")
  private @Nullable String listen;

  @Option(
      names = "--example-config",
      description = "Print a commented configuration file with every key, and do nothing else.")
  private boolean exampleConfig;

  /** Called by the launcher. */
  public AgentCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (exampleConfig) {
      System.out.print(example());
      return ExitCode.DONE.code();
    }
    Settings<AgentSettings> settings = SettingsLoader.load(AgentSettings.class, sources());
    if (!options.printsOnly(settings)) {
      run(settings.value());
    }
    return ExitCode.DONE.code();
  }

  private Sources sources() {
    Sources sources = options.sources();
    sources = with(sources, "--id", "id", id);
    sources = with(sources, "--fleet", "fleet", fleet);
    sources = with(sources, "--broker", "broker.uri", broker);
    sources = with(sources, "--data", "data-directory", data);
    return with(sources, "--listen", "serving.listen", listen);
  }

  private static Sources with(Sources sources, String flag, String key, @Nullable String value) {
    return value == null ? sources : sources.withFlag(flag, key, value);
  }

  private static void run(AgentSettings settings) throws InterruptedException {
    Optional<MembershipKeeper> membership = AgentMembership.of(settings);
    EdgeAgent agent = build(settings, membership);
    membership.ifPresent(AgentMembership::keepRenewed);
    CountDownLatch end = new CountDownLatch(1);
    Thread farewell =
        new Thread(
            () -> {
              LOG.info("Stopping");
              agent.close();
              end.countDown();
            },
            "farewell");
    Runtime.getRuntime().addShutdownHook(farewell);
    agent.start();
    LOG.info(
        "Agent {} of fleet {} started in {} ms; {}",
        settings.id(),
        settings.fleet(),
        millisSinceStart(),
        agent
            .servingAddress()
            .map(at -> "inference at http://%s:%d/v2".formatted(at.getHostString(), at.getPort()))
            .orElse("no HTTP"));
    // Whoever ends the process runs the farewell.
    end.await();
  }

  private static long millisSinceStart() {
    Instant now = Instant.now();
    Instant start = ProcessHandle.current().info().startInstant().orElse(now);
    return Duration.between(start, now).toMillis();
  }

  private static EdgeAgent build(AgentSettings settings, Optional<MembershipKeeper> membership) {
    ExampleStore examples = examples(settings, membership.isPresent());
    EdgeAgentBuilder builder =
        EdgeAgent.builder(settings.id(), settings.fleet())
            .connection(
                membership
                    .map(
                        m -> settings.broker().transport(settings.id(), m.membership().broker(), m))
                    .orElseGet(() -> settings.broker().transport(settings.id())))
            .dataDirectory(settings.dataDirectory())
            .quotaBytes(settings.models().quota().bytes())
            .fetching(settings.models().fetching())
            .examples(examples)
            .limits(settings.training().limits())
            .minima(settings.training().minima())
            .concurrency(settings.serving().concurrency())
            .selfTest(settings.serving().selfTest(), settings.serving().selfTestLimits())
            .probation(settings.serving().probationTerms())
            .willDelay(settings.broker().willDelay())
            .telemetryInterval(settings.broker().telemetryInterval())
            .softwareVersion(new Version().toString());
    Audience.Device device = settings.identity().device(settings.id());
    builder.hardware(device.hardware()).groups(device.groups());
    settings.serving().httpSettings().ifPresent(builder::http);
    membership.map(MembershipKeeper::identity).ifPresent(builder::identity);
    if (settings.models().https()) {
      membership.map(MembershipKeeper::towardDelivery).ifPresent(builder::https);
    }
    try {
      return builder.build();
    } catch (IOException e) {
      throw CommandFailedException.failed(String.valueOf(e.getMessage()), "see --data and --listen")
          .causedBy(e);
    }
  }

  /** Without an identity none are taken: the agent says to the fleet that it cannot train. */
  static ExampleStore examples(AgentSettings settings, boolean enrolled) {
    if (!enrolled) {
      LOG.warn(
          "No identity: this agent serves what it has and connects to nobody. Enrol it: see"
              + " `covey agent enrol --help`, and identity.join-token-file");
    }
    if (!enrolled || settings.examples().isEmpty()) {
      return InMemoryExampleStore.empty();
    }
    try {
      ExampleStore examples = settings.examples().get().read();
      LOG.info("{} examples to train on", examples.size());
      return examples;
    } catch (IOException e) {
      throw CommandFailedException.usage(
              "the examples cannot be read: " + e.getMessage(), "see the section examples")
          .causedBy(e);
    }
  }

  private static String example() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            AgentSettings.class.getResourceAsStream(AgentSettings.EXAMPLE),
            AgentSettings.EXAMPLE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
