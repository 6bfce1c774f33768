package io.covey.coordinator.app;

import io.covey.coordinator.enrolment.EnrolmentVerticle;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.TermsFile;
import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.AuthorityFiles;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import io.covey.protocols.settings.HostPort;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands of {@code covey authority} that need the authority's private key in place. */
final class AuthorityIssuing {
  private static final String DIRECTORY = "Where the authority's files are.";
  private static final Duration SERVER_LIFETIME = Duration.ofDays(365);

  private AuthorityIssuing() {}

  /** {@code covey authority token}. */
  @Command(
      name = "token",
      description = {
        "Print a join token, with which one device enrols as AGENT, once. Whoever has it can do"
            + " that: carry it over as you would a password."
      })
  static final class Token implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--agent", required = true, paramLabel = "NAME", description = "Of the agent.")
    private String agent = "";

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY)
    private Path directory = Path.of("");

    @Option(
        names = "--expires",
        paramLabel = "HOURS",
        defaultValue = "24",
        description = "How long it is good for, in hours (default ${DEFAULT-VALUE}).")
    private int hours;

    @Override
    public Integer call() throws IOException {
      if (hours < 1 || hours > 24 * 30) {
        throw CommandFailedException.usage(
            "a join token for " + hours + " hours", "choose 1 to " + 24 * 30);
      }
      AgentId id = AuthorityCommand.id(AgentId::new, agent);
      try (OpenAuthority authority = OpenAuthority.open(directory);
          JoinToken token = authority.desk().invite(id, Duration.ofHours(hours))) {
        spec.commandLine().getOut().println(token.reveal());
        return ExitCode.DONE.code();
      }
    }
  }

  /** {@code covey authority revoke}. */
  @Command(
      name = "revoke",
      description =
          "Take all certificates of AGENT back. Coordinators that watch the list disconnect it"
              + " within five seconds.")
  static final class Revoke implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "AGENT", description = "Name of the agent.")
    private String agent = "";

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY)
    private Path directory = Path.of("");

    @Override
    public Integer call() throws IOException {
      AgentId id = AuthorityCommand.id(AgentId::new, agent);
      try (OpenAuthority authority = OpenAuthority.open(directory)) {
        int revoked = authority.desk().revoke(id);
        if (revoked == 0) {
          throw CommandFailedException.failed(
              "agent " + id + " has no certificates that count", "check its name");
        }
        spec.commandLine().getOut().printf("revoked %d certificate(s) of %s%n", revoked, id);
        return ExitCode.DONE.code();
      }
    }
  }

  /** {@code covey authority certify}. */
  @Command(
      name = "certify",
      description = {
        "Make a key and certificate for TLS: of the broker, of the coordinator as its client, or"
            + " of the delivery of files over HTTPS. Writes broker, coordinator-tls or delivery,"
            + " .crt and .key."
      })
  static final class Certify implements Callable<Integer> {
    @Parameters(paramLabel = "ROLE", description = "broker, coordinator or delivery.")
    private String role = "";

    @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY)
    private Path directory = Path.of("");

    @Option(
        names = "--host",
        paramLabel = "HOST",
        description =
            "Name or address by which agents know the broker or the delivery; may be repeated.")
    private @Nullable List<String> hosts;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to.")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
      Certified certified = certified();
      List<String> names = hosts == null ? List.of() : hosts;
      if (certified.role().isServer() == names.isEmpty()) {
        throw CommandFailedException.usage(
            "hosts " + names + " for the " + role,
            "broker and delivery have --host, a coordinator none");
      }
      try (OpenAuthority authority = OpenAuthority.open(directory)) {
        TlsIdentity member = authority.certify(certified.role(), names, SERVER_LIFETIME);
        AuthorityFiles.writeMember(out, certified.file(), member);
        return ExitCode.DONE.code();
      }
    }

    /** What is certified, and the name of its files. */
    private record Certified(Role role, String file) {}

    private Certified certified() {
      return switch (role.toLowerCase(Locale.ROOT)) {
        case "broker" -> new Certified(Role.BROKER, MutualTlsKeys.BROKER);
        case "coordinator" -> new Certified(Role.COORDINATOR, MutualTlsKeys.COORDINATOR);
        case "delivery" -> new Certified(Role.DELIVERY, MutualTlsKeys.DELIVERY);
        default ->
            throw CommandFailedException.usage(
                "role '" + role + "'", "say broker, coordinator or delivery");
      };
    }
  }

  /** {@code covey authority recertify}. */
  @Command(
      name = "recertify",
      description = {
        "Have the root certify the authority anew, before its certificate ends. A root in shares is"
            + " put together in memory: give as many holders' directories as it takes."
      })
  static final class Recertify implements Callable<Integer> {
    @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY)
    private Path directory = Path.of("");

    @Option(
        names = "--root",
        required = true,
        paramLabel = "DIR",
        description = "Of root.key, or of one or more of its shares; may be repeated.")
    private List<Path> roots = List.of();

    @Override
    public Integer call() throws IOException {
      try {
        OpenAuthority.certifyAgain(directory, roots);
        return ExitCode.DONE.code();
      } catch (IllegalArgumentException | IdentityFileException e) {
        throw CommandFailedException.usage(
                "the root cannot certify: " + e.getMessage(),
                "see --root, and --dir, which names the authority")
            .causedBy(e);
      }
    }
  }

  /** {@code covey authority serve}. */
  @Command(
      name = "serve",
      description = "Run the issuing service: enrolment, renewal and revocations over HTTPS.")
  static final class Serve implements Callable<Integer> {
    @Option(names = "--dir", required = true, paramLabel = "DIR", description = DIRECTORY)
    private Path directory = Path.of("");

    @Option(
        names = "--listen",
        paramLabel = "HOST:PORT",
        defaultValue = "127.0.0.1:8463",
        description = "Where it listens (default ${DEFAULT-VALUE}).")
    private String listen = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
      Vertx vertx = Vertx.vertx();
      try (OpenAuthority authority = OpenAuthority.open(directory)) {
        EnrolmentVerticle service = service(authority, directory, HostPort.parse(listen));
        vertx.deployVerticle(service).toCompletionStage().toCompletableFuture().get();
        watch(authority, vertx);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread stopping =
            new Thread(
                () -> {
                  stopped.countDown();
                  vertx.close();
                },
                "covey-stop");
        Runtime.getRuntime().addShutdownHook(stopping);
        stopped.await();
        return ExitCode.DONE.code();
      } catch (ExecutionException e) {
        throw CommandFailedException.failed(
                "the issuing service did not start: " + e.getCause(), "choose another --listen")
            .causedBy(e);
      }
    }
  }

  /** Says in time that the authority's certificate ends. */
  private static void watch(OpenAuthority authority, Vertx vertx) {
    CertificateWatch watch =
        new CertificateWatch(
            new VertxScheduler(vertx, vertx.getOrCreateContext()), new SimpleMeterRegistry());
    watch.watch(
        OwnCertificates.AUTHORITY,
        () -> authority.issuing().certificate(),
        OwnCertificates.AUTHORITY_REMEDY);
    watch.start();
  }

  /** The service of an authority, under the names that its tokens give it. */
  static EnrolmentVerticle service(OpenAuthority authority, Path directory, HostPort listen)
      throws IOException {
    Set<String> hosts = new HashSet<>();
    TermsFile.read(directory).issuers().forEach(issuer -> hosts.add(issuer.host()));
    return new EnrolmentVerticle(authority.desk(), listen, hosts);
  }
}
