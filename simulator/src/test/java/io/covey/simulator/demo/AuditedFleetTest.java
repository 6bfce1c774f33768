package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.app.AuditCommand;
import io.covey.coordinator.app.CoordinatorServer;
import io.covey.coordinator.app.ServerOptions;
import io.covey.coordinator.app.ServerOptions.BrokerChoice;
import io.covey.coordinator.audit.AuditCheck;
import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.audit.AuditFile;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.RoundLimits;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.identity.RenewalSchedule;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.AgentMessageGuard;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.PahoTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import io.covey.protocols.transport.TransportSettings;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitExamples;
import io.covey.simulator.data.DigitsCsv;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Everything that a fleet's audit logs are for, done to a fleet and then looked up in them. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class AuditedFleetTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final ModelName MODEL = new ModelName(DemoModel.NAME);
  private static final AgentId FORGER = new AgentId("forger");
  private static final int TRAINING = 4;
  private static final long WAIT_SECONDS = 60;

  @TempDir private Path directory;

  private final TrialAuthority authority = TrialAuthority.create(FLEET, new Ed25519());
  private final List<MembershipKeeper> members = new ArrayList<>();
  private final List<EdgeAgent> agents = new ArrayList<>();
  private final BlockingQueue<TrainingEvent> events = new LinkedBlockingQueue<>();

  @Test
  void whatBecomesOfAFleetIsInItsLogs() throws Exception {
    Path trust = directory.resolve("trust");
    IdentityFiles.writeAuthority(trust, authority.authority(), authority.coordinator());
    Octets coordinatorKey = authority.coordinator().publicKey();
    Octets authorityKey = authority.authorityKey();
    Path issuerDirectory = Files.createDirectory(directory.resolve("issuer"));
    List<RoundRecord> rounds;
    try (DemoIssuer issuer = new DemoIssuer(authority, issuerDirectory);
        CoordinatorServer coordinator = CoordinatorServer.start(options(issuer))) {
      issuer.announce(coordinator.brokerUri());
      try {
        startAgents(issuer);
        rounds = trainAndGoBack(coordinator.operations());
        forge(issuer, coordinator);
        renewAndRevoke(issuer, coordinator);
      } finally {
        agents.forEach(EdgeAgent::close);
      }
    } finally {
      members.forEach(MembershipKeeper::close);
      authority.close();
    }
    requireCoordinatorsLog(read(directory, coordinatorKey), rounds.get(0), rounds.get(1));
    requireIssuersLog(read(issuerDirectory, authorityKey));
    requireThatOneByteShows(directory.resolve(AuditFile.NAME), trust);
    requireThatOneByteShows(issuerDirectory.resolve(AuditFile.NAME), trust);
  }

  /** The round that commits and the one that fails. */
  private List<RoundRecord> trainAndGoBack(AdminOperations operations) throws Exception {
    var unused = operations.watch(MODEL, events::add);
    done(operations.registerModel(MODEL, "digits", DemoModel.graph(), Optional.empty()));
    until(() -> allServe(1));
    done(operations.startTraining(MODEL, 1, plan(TRAINING, Duration.ofSeconds(30))));
    RoundRecord committed = endOfRound();
    until(() -> allServe(2));
    done(operations.rollBack(MODEL, new ModelVersion(1)));
    done(operations.startTraining(MODEL, 1, plan(2 * TRAINING, Duration.ofMillis(100))));
    RoundRecord failed = endOfRound();
    done(operations.pauseTraining(MODEL));
    return List.of(committed, failed);
  }

  private ServerOptions options(DemoIssuer issuer) throws Exception {
    BrokerSettings broker =
        BrokerSettings.onLoopback(FLEET, ServerOptions.clientId(FLEET)).withTls(issuer.brokerTls());
    ServerOptions options =
        new ServerOptions(
                FLEET,
                authority.coordinator(),
                Files.createDirectory(directory.resolve("artifacts")),
                DatabaseSettings.h2File(directory.resolve("coordinator")),
                new BrokerChoice.Embedded(broker),
                HttpSettings.onLoopback(0, Files.createDirectory(directory.resolve("uploads"))),
                RoundLimits.standard(),
                TrainingPlan.standard(),
                new SplittableRandom(1))
            .withMutualTls(issuer.coordinatorTls())
            .withRevocations(issuer.revocationSource());
    assertThat(options.auditLog()).isEqualTo(directory.resolve(AuditFile.NAME));
    return options;
  }

  private static TrainingPlan plan(int cohort, Duration selectionPeriod) {
    return new TrainingPlan(
        cohort,
        cohort,
        new LocalTraining(1, 20, 0.1f, 0f),
        12,
        4f,
        512,
        16f,
        ServerOptimization.fedAvg(),
        selectionPeriod,
        Duration.ofSeconds(60),
        AggregationPlan.standard());
  }

  private void startAgents(DemoIssuer issuer) throws Exception {
    List<Digit> digits = DigitsCsv.all();
    for (int i = 0; i < TRAINING; i++) {
      AgentId id = new AgentId("agent-" + i);
      MembershipKeeper member = enrolled(issuer, id);
      agents.add(
          EdgeAgent.builder(id, FLEET)
              .connection(
                  TransportSettings.overTls(member.membership().broker(), id.value(), member))
              .identity(member.identity())
              .dataDirectory(directory.resolve(id.value()))
              .examples(DigitExamples.of(digits.subList(50 * i, 50 * (i + 1))))
              .build());
    }
    agents.forEach(EdgeAgent::start);
  }

  private MembershipKeeper enrolled(DemoIssuer issuer, AgentId id) throws Exception {
    MembershipKeeper member = issuer.enrol(id, directory.resolve(id + "-identity"));
    members.add(member);
    return member;
  }

  private boolean allServe(int version) {
    ModelVersion wanted = new ModelVersion(version);
    return agents.stream().allMatch(agent -> wanted.equals(agent.servedVersions().get(MODEL)));
  }

  /** Blocks a moment between two looks; the test's time limit is the only other one. */
  private void until(BooleanSupplier reached) throws InterruptedException {
    BlockingQueue<Boolean> nothing = new LinkedBlockingQueue<>();
    while (!reached.getAsBoolean()) {
      assertThat(nothing.poll(10, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  private static <T> void done(CompletionStage<T> stage) throws Exception {
    assertThat(stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS)).isNotNull();
  }

  /** The next round that ends. */
  private RoundRecord endOfRound() throws InterruptedException {
    while (true) {
      TrainingEvent event = events.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      assertThat(event).as("events go on").isNotNull();
      if (event instanceof TrainingEvent.OfRound of
          && of.round().state() != RoundRecord.State.RUNNING) {
        return of.round();
      }
    }
  }

  /** Says something under a member's name with one bit changed after it was signed. */
  private void forge(DemoIssuer issuer, CoordinatorServer coordinator) throws Exception {
    MembershipKeeper member = enrolled(issuer, FORGER);
    String topic = new Topics(FLEET).agent(FORGER, AgentChannel.PRESENCE);
    Envelope envelope =
        new Envelope("boot", AgentMessageGuard.WILL_SEQUENCE + 1, new Presence(true, "forged"));
    SignedMessage genuine =
        SignedMessage.decode(
            new AgentMessageGuard(member.identity(), new Ed25519(), "boot")
                .sign(topic, envelope, Duration.ofHours(1), Instant.now()));
    byte[] body = genuine.body().toByteArray();
    body[body.length / 2] ^= 1;
    SignedMessage altered =
        new SignedMessage(genuine.header(), ByteString.copyFrom(body), genuine.signature());
    try (WorkerPool workers = new WorkerPool("forger-worker", 1);
        ExecutorScheduler scheduler = new ExecutorScheduler("forger", workers)) {
      MqttTransport transport =
          new PahoTransport(
              TransportSettings.overTls(member.membership().broker(), FORGER.value(), member),
              scheduler,
              new SplittableRandom(1));
      transport.open(new Silent());
      done(
          transport
              .publish(
                  new Publication(topic, altered.encode(), QualityOfService.AT_LEAST_ONCE, false))
              .thenApply(nothing -> true));
      transport.close();
    }
    until(
        () ->
            metrics(coordinator)
                .contains("covey_messages_refused_total{kind=\"bad_signature\"} 1"));
  }

  /** Hears nothing of interest. */
  private static final class Silent implements MqttTransport.Listener {
    @Override
    public void onConnected(boolean sessionPresent) {}

    @Override
    public void onDisconnected(String reason) {}

    @Override
    public void onMessage(InboundMessage message) {
      message.acknowledge().run();
    }
  }

  private static String metrics(CoordinatorServer coordinator) {
    return HttpClient.newHttpClient()
        .sendAsync(
            HttpRequest.newBuilder(coordinator.adminApi().resolve("/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .join()
        .body();
  }

  private void renewAndRevoke(DemoIssuer issuer, CoordinatorServer coordinator) throws Exception {
    Instant due = Instant.now().plus(Duration.ofHours(17));
    assertThat(members.get(0).look(due)).isEqualTo(RenewalSchedule.Step.RENEW);
    AgentId revoked = members.get(1).membership().agent();
    issuer.revoke(revoked);
    until(
        () ->
            coordinator.broker().orElseThrow().connections().stream()
                .noneMatch(connection -> connection.clientId().equals(revoked.value())));
  }

  private static List<AuditEvent> read(Path log, Octets key) throws Exception {
    List<AuditEvent> events = new ArrayList<>();
    new AuditCheck(new Ed25519(), Set.of(key), Optional.empty())
        .run(log.resolve(AuditFile.NAME), entry -> events.add(entry.event()));
    return events;
  }

  private static List<AuditEvent> of(Kind kind, List<AuditEvent> events) {
    return events.stream().filter(event -> event.kind() == kind).toList();
  }

  private static AuditEvent only(Kind kind, List<AuditEvent> events) {
    assertThat(of(kind, events)).hasSize(1);
    return of(kind, events).get(0);
  }

  private static void requireCoordinatorsLog(
      List<AuditEvent> log, RoundRecord committed, RoundRecord failed) {
    String model = MODEL.value();
    assertThat(only(Kind.ROUND_COMMITTED, log))
        .isEqualTo(
            AuditEvent.of(Kind.ROUND_COMMITTED, committed.round().value())
                .with("model", model)
                .with("base", 1)
                .with("cohort", TRAINING)
                .with("reported", TRAINING)
                .with("version", 2));
    AuditEvent failure = of(Kind.ROUND_FAILED, log).get(0);
    assertThat(failure.subject()).isEqualTo(failed.round().value());
    assertThat(failure.details())
        .containsEntry("model", model)
        .containsEntry("base", "3")
        .containsEntry("reported", "0")
        .containsEntry("why", "NOT_ENOUGH_AGENTS")
        .doesNotContainKey("version");
    assertThat(only(Kind.ROLLED_BACK, log))
        .isEqualTo(AuditEvent.of(Kind.ROLLED_BACK, model).with("version", 3).with("restores", 1));
    assertThat(of(Kind.VERSION_RELEASED, log))
        .extracting(event -> event.details().get("version"))
        .containsExactly("1", "2", "3");
    assertThat(only(Kind.MODEL_REGISTERED, log).subject()).isEqualTo(model);
    assertThat(of(Kind.ORDERED, log))
        .extracting(event -> event.details().get("order"))
        .containsExactly("train for 1 rounds", "train for 1 rounds", "pause training");
    assertThat(of(Kind.MESSAGES_REFUSED, log))
        .anySatisfy(
            refused ->
                assertThat(refused.details()).containsEntry("undecodable BAD_SIGNATURE", "1"));
    List<AuditEvent> heeded = of(Kind.REVOCATIONS_HEEDED, log);
    assertThat(heeded.get(heeded.size() - 1).details()).containsEntry("revoked", "1");
    assertThat(of(Kind.KEY_EPOCH_BEGUN, log)).isNotEmpty();
    assertThat(log.get(0).kind()).isEqualTo(Kind.LOG_BEGUN);
    assertThat(log.get(log.size() - 1).kind()).isEqualTo(Kind.STOPPED);
  }

  private void requireIssuersLog(List<AuditEvent> log) {
    assertThat(of(Kind.TOKEN_MADE, log)).hasSize(TRAINING + 1);
    assertThat(of(Kind.ENROLLED, log))
        .extracting(AuditEvent::subject)
        .containsExactly("agent-0", "agent-1", "agent-2", "agent-3", "forger");
    AuditEvent renewed = only(Kind.RENEWED, log);
    assertThat(renewed.subject()).isEqualTo("agent-0");
    assertThat(renewed.details())
        .containsEntry(
            "serial", members.get(0).membership().certificates().facts().serial().value().toHex());
    assertThat(only(Kind.REVOKED, log))
        .isEqualTo(AuditEvent.of(Kind.REVOKED, "agent-1").with("enrolments", 1));
  }

  private static void requireThatOneByteShows(Path log, Path trust) throws Exception {
    byte[] content = Files.readAllBytes(log);
    assertThat(verified(log, trust)).startsWith("0 ").contains("intact");
    byte[] altered = content.clone();
    int place = new String(content, StandardCharsets.ISO_8859_1).lastIndexOf("\"event\":\"R");
    altered[place + 10]++;
    Files.write(log, altered);
    assertThat(verified(log, trust)).startsWith("1 ").contains("broken at entry");
    Files.write(log, content);
    assertThat(verified(log, trust)).startsWith("0 ");
  }

  /** The exit code of {@code covey audit verify}, and what it says. */
  private static String verified(Path log, Path trust) {
    StringWriter said = new StringWriter();
    int exitCode =
        new CommandLine(new AuditCommand())
            .setOut(new PrintWriter(said))
            .setExecutionExceptionHandler(
                (e, line, result) -> {
                  said.append(e.getMessage());
                  return 1;
                })
            .execute("verify", log.toString(), "--trust", trust.toString());
    return exitCode + " " + said;
  }
}
