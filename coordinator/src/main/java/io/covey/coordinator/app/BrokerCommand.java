package io.covey.coordinator.app;

import io.covey.coordinator.broker.MosquittoConfiguration;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.x509.Role;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code covey broker}: what brokers other than the embedded one need. */
@Command(
    name = "broker",
    description = "Write what an external broker needs to serve a fleet.",
    subcommands = {BrokerCommand.Config.class, BrokerCommand.Watch.class},
    footerHeading = "%nExamples:%n",
    footer = {
      "  covey broker config mosquitto --dir authority --host broker.example --out mosquitto",
      "  covey broker config mosquitto --dir authority --out mosquitto   (revocations only)",
      "  covey broker watch mosquitto --dir authority --out mosquitto --pid-file mosquitto.pid"
    })
public final class BrokerCommand implements CoveyCommand {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say what to do: covey broker config or watch");
  }

  /** {@code covey broker config}. */
  @Command(
      name = "config",
      description = "Write configuration, permissions and certificates.",
      subcommands = Mosquitto.class)
  static final class Config implements CoveyCommand {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      throw new ParameterException(spec.commandLine(), "say for which broker: mosquitto");
    }
  }

  /** {@code covey broker watch}. */
  @Command(
      name = "watch",
      description = "Bring each revocation to a broker, for as long as this runs.",
      subcommands = MosquittoWatchCommand.class)
  static final class Watch implements CoveyCommand {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      throw new ParameterException(spec.commandLine(), "say for which broker: mosquitto");
    }
  }

  /** {@code covey broker config mosquitto}. */
  @Command(
      name = "mosquitto",
      description = {
        "Write mosquitto.conf, acl, ca.crt, broker.crt, broker.key and revoked.crl. Without --host"
            + " only acl and revoked.crl are written anew: do that after each revocation, at least"
            + " monthly, and send Mosquitto a SIGHUP; or leave that to `covey broker watch`."
      })
  static final class Mosquitto implements CoveyCommand {
    private static final Duration LIFETIME = Duration.ofDays(365);

    @Spec private CommandSpec spec;

    @Option(
        names = "--dir",
        required = true,
        paramLabel = "DIR",
        description = "Where the authority's files are.")
    private Path directory = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to.")
    private Path out = Path.of("");

    @Option(
        names = "--host",
        paramLabel = "HOST",
        description = "Name or address by which agents know the broker; may be repeated.")
    private @Nullable List<String> hosts;

    @Option(
        names = "--port",
        paramLabel = "PORT",
        defaultValue = "8883",
        description = "Where Mosquitto listens (default ${DEFAULT-VALUE}).")
    private int port;

    @Option(
        names = "--pid-file",
        paramLabel = "FILE",
        description = "Where Mosquitto is to write its process id, for `covey broker watch`.")
    private @Nullable Path pidFile;

    @Override
    public Integer call() throws IOException {
      try (OpenAuthority authority = OpenAuthority.open(directory)) {
        MosquittoConfiguration configuration = new MosquittoConfiguration(authority.fleet(), out);
        if (hosts == null && !configuration.isWritten()) {
          throw CommandFailedException.usage(
              out + " holds no configuration yet", "name the broker with --host");
        }
        Instant now = Instant.now();
        // Signed now: Mosquitto refuses everybody once a list is older than it says.
        RevocationList list = authority.renewRevocations(now);
        configuration.writeRevocations(
            authority.issuing().crl(list), authority.formerAgents(list, now));
        if (hosts != null) {
          configuration.write(
              authority.certify(Role.BROKER, hosts, LIFETIME), port, Optional.ofNullable(pidFile));
        }
        spec.commandLine()
            .getOut()
            .println(out.resolve(MosquittoConfiguration.CONFIGURATION).toAbsolutePath());
        return ExitCode.DONE.code();
      }
    }
  }
}
