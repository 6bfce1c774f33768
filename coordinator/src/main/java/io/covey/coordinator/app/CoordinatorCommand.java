package io.covey.coordinator.app;

import io.covey.coordinator.config.CoordinatorSettings;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import io.covey.protocols.launch.SettingsOptions;
import io.covey.protocols.settings.Settings;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a coordinator until it is told to stop. */
@Command(
    name = "coordinator",
    description = "Run a coordinator: broker, rounds and admin API.",
    footer = {
      "%nExamples:",
      "  covey coordinator",
      "  covey coordinator --config coordinator.yaml",
      "  covey coordinator --data /var/lib/covey --broker mqtt://broker.example:1883",
      "  covey coordinator --print-config"
    })
public final class CoordinatorCommand implements CoveyCommand {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorCommand.class);

  @Mixin private SettingsOptions options = new SettingsOptions();

  @Option(names = "--data", paramLabel = "DIR", description = "Directory for all that is kept.")
  private @Nullable Path data;

  @Option(
      names = "--broker",
      paramLabel = "URI",
      description = "Use this broker, mqtt://host:port, instead of one in this process.")
  private @Nullable String broker;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where the admin API listens; port 0 takes a free one.")
  private @Nullable String listen;

  @Option(
      names = "--insecure",
      description =
          "Let the admin API listen beyond this machine, although it does not ask who calls.")
  private boolean insecure;

  @Override
  public Integer call() throws InterruptedException {
    Settings<CoordinatorSettings> settings =
        SettingsLoader.load(CoordinatorSettings.class, sources());
    if (options.printsOnly(settings)) {
      return ExitCode.DONE.code();
    }
    CountDownLatch stopped = new CountDownLatch(1);
    ServerOptions serverOptions = serverOptions(settings.value());
    try (IssuingService issuing = IssuingService.startIfAsked(settings.value());
        CoordinatorServer server = start(serverOptions)) {
      issuing.log();
      Thread stopping = new Thread(() -> stop(server, stopped), "covey-stop");
      Runtime.getRuntime().addShutdownHook(stopping);
      stopped.await();
    }
    return ExitCode.DONE.code();
  }

  private Sources sources() {
    Sources sources = options.sources();
    if (data != null) {
      sources = sources.withFlag("--data", "data-directory", data.toString());
    }
    if (broker != null) {
      sources = sources.withFlag("--broker", "broker.uri", broker);
    }
    if (listen != null) {
      sources = sources.withFlag("--listen", "http.listen", listen);
    }
    return insecure ? sources.withFlag("--insecure", "http.insecure", "true") : sources;
  }

  private static CoordinatorServer start(ServerOptions serverOptions) {
    try {
      return CoordinatorServer.start(serverOptions);
    } catch (UncheckedIOException | IllegalStateException e) {
      throw CommandFailedException.failed(
              "the coordinator could not start: " + e.getMessage(), "mend that and start again")
          .causedBy(e);
    }
  }

  /**
   * Ctrl-C and SIGTERM end up here: rounds are left as they are, and the next start takes them up.
   */
  private static void stop(CoordinatorServer server, CountDownLatch stopped) {
    LOG.info("stopping");
    server.close();
    stopped.countDown();
  }

  static ServerOptions serverOptions(CoordinatorSettings settings) {
    makeDirectory(settings.dataDirectory());
    CoordinatorIdentity identity = CoordinatorKeys.of(settings);
    MutualTlsKeys keys = new MutualTlsKeys(settings, identity);
    ServerOptions plain = plainOptions(settings, identity, keys);
    Optional<HttpsDelivery> https = keys.delivery();
    ServerOptions heeding = plain.withRevocations(keys.revocations());
    ServerOptions mutual = keys.coordinator().map(heeding::withMutualTls).orElse(heeding);
    ServerOptions whole = https.map(mutual::withHttpsDelivery).orElse(mutual);
    return whole.withRenewals(keys.renewals());
  }

  private static ServerOptions plainOptions(
      CoordinatorSettings settings, CoordinatorIdentity identity, MutualTlsKeys keys) {
    String clientId = ServerOptions.clientId(settings.fleet());
    return new ServerOptions(
        settings.fleet(),
        identity,
        settings.artifactDirectory(),
        settings.databaseSettings(),
        settings
            .embeddedBroker(clientId)
            .map(broker -> keys.broker().map(broker::withTls).orElse(broker))
            .<ServerOptions.BrokerChoice>map(ServerOptions.BrokerChoice.Embedded::new)
            .orElseGet(
                () ->
                    new ServerOptions.BrokerChoice.External(
                        settings.broker().uri().orElseThrow(IllegalStateException::new))),
        settings.httpSettings(),
        settings.roundLimits(),
        settings.training().plan(),
        new SecureRandom());
  }

  private static void makeDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw CommandFailedException.failed(
              "cannot make the data directory " + directory + ": " + e.getMessage(),
              "choose another one with --data")
          .causedBy(e);
    }
  }
}
