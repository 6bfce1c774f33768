package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.app.AuthorityCommand;
import io.covey.coordinator.app.BrokerCommand;
import io.covey.coordinator.app.CoordinatorServer;
import io.covey.coordinator.app.MutualTls;
import io.covey.coordinator.app.ServerOptions;
import io.covey.coordinator.app.ServerOptions.BrokerChoice;
import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.coordinator.enrolment.EnrolmentVerticle;
import io.covey.coordinator.enrolment.IssuerStore;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.coordinator.enrolment.RevocationSource;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.release.ReleaseFiles;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.DeviceFiles;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.enrolment.IssuerClient;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.edgeagent.mqtt.FetchSettings;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.transport.TransportSettings;
import io.covey.simulator.data.DataSplit;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitExamples;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Authority, issuing service, Mosquitto with what keeps its revocations, coordinator and agents:
 * with the commands of operators where these end by themselves, and with what they run otherwise.
 */
final class MosquittoFleet implements AutoCloseable {
  private static final FleetId FLEET = new FleetId("home");
  private static final String LOCALHOST = "localhost";
  private static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
  private static final IssuerClient CLIENT =
      new IssuerClient(InstantSource.system(), PRIMITIVES.signer());
  private static final long STEP_SECONDS = 30;

  private final Path directory;
  private final Path authorityFiles;
  private final Path brokerFiles;
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final OpenAuthority authority;
  private final MosquittoProcess mosquitto;
  private final CoordinatorServer coordinator;
  private final List<EdgeAgent> agents = new ArrayList<>();

  MosquittoFleet(Path directory, DeliverySettings.Mode mode) throws Exception {
    this.directory = directory;
    this.authorityFiles = directory.resolve("authority");
    this.brokerFiles = directory.resolve("mosquitto");
    int brokerPort = MosquittoProcess.freePort();
    int issuerPort = MosquittoProcess.freePort();
    String broker = "mqtts://localhost:" + brokerPort;
    String files = authorityFiles.toString();
    String issuer = LOCALHOST + ":" + issuerPort;
    run(
        new AuthorityCommand(),
        new String[] {"init", "--dir", files, "--issuer", issuer, "--broker", broker});
    Path pidFile = brokerFiles.resolve("mosquitto.pid");
    run(
        new BrokerCommand(),
        "config mosquitto --host localhost".split(" "),
        new String[] {"--dir", files, "--out", brokerFiles.toString()},
        new String[] {"--port", Integer.toString(brokerPort), "--pid-file", pidFile.toString()});
    boolean started = false;
    try {
      authority = opened(OpenAuthority.open(authorityFiles));
      issue(issuerPort);
      mosquitto = opened(MosquittoProcess.start(brokerFiles.resolve("mosquitto.conf"), brokerPort));
      watch(pidFile);
      coordinator = opened(CoordinatorServer.start(options(URI.create(broker), mode)));
      started = true;
    } finally {
      if (!started) {
        close();
      }
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  private static void run(Object command, String[]... arguments) {
    StringWriter said = new StringWriter();
    int exitCode =
        new CommandLine(command)
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(Stream.of(arguments).flatMap(Stream::of).toArray(String[]::new));
    assertThat(exitCode).as(said.toString()).isZero();
  }

  private void issue(int port) throws Exception {
    Vertx vertx = Vertx.vertx();
    parts.push(() -> settle(vertx.close().toCompletionStage().toCompletableFuture()));
    settle(
        vertx
            .deployVerticle(
                new EnrolmentVerticle(
                    authority.desk(), new HostPort("127.0.0.1", port), Set.of(LOCALHOST)))
            .toCompletionStage()
            .toCompletableFuture());
  }

  private static void settle(CompletableFuture<?> step) throws Exception {
    step.get(STEP_SECONDS, TimeUnit.SECONDS);
  }

  /** As an operator keeps it running beside Mosquitto. */
  private void watch(Path pidFile) {
    Thread watch =
        new Thread(
            () ->
                run(
                    new BrokerCommand(),
                    "watch mosquitto".split(" "),
                    new String[] {"--dir", authorityFiles.toString()},
                    new String[] {"--out", brokerFiles.toString()},
                    new String[] {"--pid-file", pidFile.toString()}),
            "broker-watch");
    watch.start();
    parts.push(
        () -> {
          watch.interrupt();
          watch.join();
        });
  }

  private ServerOptions options(URI broker, DeliverySettings.Mode mode) throws Exception {
    CoordinatorIdentity identity =
        IdentityFiles.readCoordinator(authorityFiles, PRIMITIVES.signer());
    RoundLimits standard = RoundLimits.standard();
    DeliverySettings delivery = standard.delivery();
    return new ServerOptions(
            FLEET,
            identity.withReleases(
                new ReleaseFiles(authorityFiles, PRIMITIVES.signer()).read(FLEET),
                PRIMITIVES.signer()),
            Files.createDirectory(directory.resolve("artifacts")),
            DatabaseSettings.h2File(directory.resolve("coordinator")),
            new BrokerChoice.External(broker),
            HttpSettings.onLoopback(0, Files.createDirectory(directory.resolve("uploads"))),
            new RoundLimits(
                standard.inFlightBytes(),
                standard.failedRoundsInRow(),
                standard.retryDelay(),
                standard.publishedVersions(),
                standard.maximumModelBytes(),
                new DeliverySettings(mode, 0, 0, delivery.gathering()),
                standard.releases()),
            TrainingPlan.standard(),
            new SplittableRandom(1))
        .withMutualTls(
            new MutualTls(authority.certify(Role.COORDINATOR, List.of(), Duration.ofDays(1))))
        .withRevocations(RevocationSource.file(authorityFiles.resolve(IssuerStore.REVOCATIONS)));
  }

  /** Enrols agents with a token each, and starts them. */
  void addAgents(int count, List<Digit> digits) throws Exception {
    List<List<Digit>> shards = new DataSplit.Dirichlet(100).shards(digits, count, 2);
    for (int i = 0; i < count; i++) {
      AgentId id = new AgentId("agent-" + i);
      MembershipKeeper member = opened(enrolled(id));
      EdgeAgent agent =
          EdgeAgent.builder(id, FLEET)
              .connection(
                  TransportSettings.overTls(member.membership().broker(), id.value(), member))
              .identity(member.identity())
              .dataDirectory(directory.resolve(id.value()))
              .examples(DigitExamples.of(shards.get(i)))
              .fetching(fetching())
              .telemetryInterval(Duration.ofSeconds(1))
              .build();
      agents.add(agent);
      agent.start();
    }
  }

  private MembershipKeeper enrolled(AgentId agent) throws Exception {
    DeviceFiles keys = new DeviceFiles(directory.resolve(agent.value() + "-identity"), PRIMITIVES);
    try (JoinToken token = authority.desk().invite(agent, Duration.ofMinutes(10));
        JoinToken carried = JoinToken.parse(token.reveal())) {
      MembershipKeeper.enrol(keys, CLIENT, carried, AesCtrRandomWords.fromSystemRandomness());
    }
    return MembershipKeeper.open(keys, CLIENT, 0);
  }

  /** Asks the coordinator sooner for what the broker does not have. */
  private static FetchSettings fetching() {
    FetchSettings standard = FetchSettings.DEFAULT;
    return new FetchSettings(
        standard.maximumArtifactBytes(),
        standard.maximumTransfers(),
        Duration.ofSeconds(1),
        standard.firstBackoff(),
        standard.longestBackoff(),
        standard.maximumFailures(),
        standard.window(),
        standard.bytesPerSecond());
  }

  /** As an operator does, in a process that is none of the fleet's. */
  void revoke(AgentId agent) {
    run(
        new AuthorityCommand(),
        new String[] {"revoke", agent.value(), "--dir", authorityFiles.toString()});
  }

  List<EdgeAgent> agents() {
    return List.copyOf(agents);
  }

  AdminClient admin() {
    return new AdminClient(coordinator.adminApi(), http);
  }

  String mosquittoLog() throws Exception {
    return mosquitto.log();
  }

  /** A figure of the coordinator's without labels. */
  double metric(String name) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(coordinator.adminApi().resolve("/metrics"))
            .timeout(Duration.ofSeconds(STEP_SECONDS))
            .build();
    String text = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    Matcher figure = Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(text);
    assertThat(figure.find()).as(text).isTrue();
    return Double.parseDouble(figure.group(1));
  }

  @Override
  public void close() throws Exception {
    // Agents together: each takes leave in its own time.
    agents.parallelStream().forEach(EdgeAgent::close);
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
