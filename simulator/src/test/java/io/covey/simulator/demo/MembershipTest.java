package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.coordinator.broker.BrokerConnection;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.broker.BrokerTls;
import io.covey.coordinator.broker.EmbeddedBroker;
import io.covey.coordinator.enrolment.RevocationWatch;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.RenewalSchedule.Step;
import io.covey.crypto.identity.SerialNumber;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.app.AgentCommand;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
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
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An agent's life as a member: over the service, the broker and the transport of real fleets. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MembershipTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final AgentId KITCHEN = new AgentId("kitchen");
  private static final long WAIT_SECONDS = 30;

  @TempDir private Path directory;

  private final TrialAuthority authority = TrialAuthority.create(FLEET, new Ed25519());
  private final WorkerPool workers = new WorkerPool("membership-worker", 1);
  private final ExecutorScheduler scheduler = new ExecutorScheduler("membership", workers);
  private DemoIssuer issuer;
  private EmbeddedBroker broker;
  private RevocationWatch watch;

  @BeforeEach
  void start() throws IOException {
    issuer = new DemoIssuer(authority, Files.createDirectory(directory.resolve("issuer")));
    BrokerTls tls = issuer.brokerTls();
    broker =
        EmbeddedBroker.start(BrokerSettings.onLoopback(FLEET, "coordinator:home").withTls(tls));
    watch = RevocationWatch.start(issuer.revocationSource(), List.of(tls.revocations()));
    issuer.announce(broker.uri());
  }

  @AfterEach
  void stop() {
    watch.close();
    broker.close();
    issuer.close();
    scheduler.close();
    workers.close();
    authority.close();
  }

  /** Says whether the connection stands, in order. */
  private static final class Connection implements MqttTransport.Listener {
    private final BlockingQueue<Boolean> states = new LinkedBlockingQueue<>();

    @Override
    public void onConnected(boolean sessionPresent) {
      states.add(true);
    }

    @Override
    public void onDisconnected(String reason) {
      states.add(false);
    }

    @Override
    public void onMessage(InboundMessage message) {
      message.acknowledge().run();
    }

    void await(boolean connected) throws InterruptedException {
      assertThat(states.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(connected);
    }
  }

  private MqttTransport transport(MembershipKeeper keeper) {
    return new PahoTransport(
        TransportSettings.overTls(
                keeper.membership().broker(), keeper.membership().agent().value(), keeper)
            .withBackoff(
                new TransportSettings.BackoffBounds(Duration.ofMillis(10), Duration.ofMillis(100))),
        scheduler,
        new SplittableRandom(1));
  }

  private static SerialNumber serial(MembershipKeeper keeper) {
    return keeper.membership().certificates().facts().serial();
  }

  @Test
  void anEnrolledAgentConnectsAndRenewsInTimeAndIsConnectedStill() throws Exception {
    try (MembershipKeeper keeper = issuer.enrol(KITCHEN, directory.resolve("kitchen"))) {
      MqttTransport transport = transport(keeper);
      Connection connection = new Connection();
      transport.open(connection);
      connection.await(true);
      assertThat(broker.connections()).containsExactly(new BrokerConnection("kitchen", true, true));

      Membership first = keeper.membership();
      Instant now = Instant.now();
      assertThat(keeper.look(now)).isEqualTo(Step.WAIT);
      assertThat(keeper.membership()).isEqualTo(first);
      assertThat(keeper.look(now.plus(Duration.ofHours(17)))).isEqualTo(Step.RENEW);
      assertThat(serial(keeper)).isNotEqualTo(first.certificates().facts().serial());
      transport
          .publish(
              new Publication(
                  new Topics(FLEET).agent(KITCHEN, AgentChannel.TELEMETRY),
                  ByteString.copyFromUtf8("here"),
                  QualityOfService.AT_LEAST_ONCE,
                  false))
          .toCompletableFuture()
          .get(WAIT_SECONDS, TimeUnit.SECONDS);
      transport.close();
      // The renewed certificates are those of the next connection, also after a restart.
      MqttTransport again = transport(keeper);
      Connection second = new Connection();
      again.open(second);
      second.await(true);
      again.close();
    }
  }

  @Test
  void aRevokedAgentLosesTheConnectionThatStandsAndGetsNoOther() throws Exception {
    try (MembershipKeeper keeper = issuer.enrol(KITCHEN, directory.resolve("kitchen"))) {
      MqttTransport transport = transport(keeper);
      Connection connection = new Connection();
      transport.open(connection);
      connection.await(true);
      issuer.revoke(KITCHEN);
      connection.await(false);
      SerialNumber before = serial(keeper);
      keeper.look(Instant.now().plus(Duration.ofHours(17)));
      assertThat(serial(keeper)).as("renewal is refused").isEqualTo(before);
      assertThat(broker.connections()).isEmpty();
      transport.close();
      assertThat(connection.states).as("no connection followed").doesNotContain(true);
    }
  }

  @Test
  void aClockThatIsTenYearsOffChangesNothing() throws Exception {
    try (MembershipKeeper keeper = issuer.enrol(KITCHEN, directory.resolve("kitchen"))) {
      Membership before = keeper.membership();
      assertThat(keeper.look(Instant.now().plus(Duration.ofDays(3650))))
          .isEqualTo(Step.ENROL_AGAIN);
      assertThat(keeper.look(Instant.now().minus(Duration.ofDays(3650))))
          .isEqualTo(Step.CLOCK_IS_BEHIND);
      assertThat(keeper.membership()).isEqualTo(before);
    }
  }

  @Test
  void anIssuingServiceThatIsAwayCostsNothingUntilTheCertificatesEnd() throws Exception {
    try (MembershipKeeper keeper = issuer.enrol(KITCHEN, directory.resolve("kitchen"))) {
      Membership before = keeper.membership();
      issuer.close();
      assertThat(keeper.look(Instant.now().plus(Duration.ofHours(17)))).isEqualTo(Step.RENEW);
      assertThat(keeper.membership()).isEqualTo(before);
      issuer = new DemoIssuer(authority, Files.createDirectory(directory.resolve("other")));
    }
  }

  @Test
  void theAgentsCommandEnrolsOnceAndTellsWhatIsWrongOtherwise() throws Exception {
    String data = directory.resolve("device").toString();
    String token;
    try (JoinToken invited = issuer.invite(KITCHEN)) {
      token = invited.reveal();
    }
    assertThat(enrol(token.substring(0, 60), data)).contains("join token is damaged");
    assertThat(enrol(token, data)).startsWith("enrolled as kitchen of fleet home until ");
    assertThat(enrol(token, data)).contains("holds a membership already");
    assertThat(enrol(token, directory.resolve("thief").toString()))
        .contains("the issuing service refused: The join token was used by another device");
    Path identity = Path.of(data, "identity");
    try (MembershipKeeper keeper = issuer.open(identity)) {
      assertThat(keeper.membership().agent()).isEqualTo(KITCHEN);
      assertThat(keeper.identity().agent()).isEqualTo(KITCHEN);
    }
  }

  /** What the command says, of success or failure. */
  private static String enrol(String token, String data) {
    StringWriter said = new StringWriter();
    int exitCode =
        new CommandLine(new AgentCommand())
            .setOut(new PrintWriter(said))
            .setExecutionExceptionHandler(
                (e, line, result) -> {
                  said.append(e.getMessage());
                  return 1;
                })
            .execute("enrol", token, "--data", data);
    assertThat(exitCode == 0).isEqualTo(said.toString().startsWith("enrolled"));
    return said.toString();
  }

  @Test
  void whereNoKeysCanBeKeptNobodyEnrols() throws Exception {
    assertThatThrownBy(() -> issuer.enrol(KITCHEN, Files.createFile(directory.resolve("file"))))
        .isInstanceOf(IOException.class);
  }
}
