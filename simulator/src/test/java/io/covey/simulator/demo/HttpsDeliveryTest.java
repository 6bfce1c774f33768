package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.app.CoordinatorServer;
import io.covey.coordinator.app.ServerOptions;
import io.covey.coordinator.app.ServerOptions.BrokerChoice;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.app.EdgeAgentBuilder;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.transport.TransportSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator that offers files over HTTPS, and agents that are enrolled over the network. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HttpsDeliveryTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final ModelName MODEL = new ModelName(DemoModel.NAME);

  /** Behind the graph, where nobody reads: enough blocks to be fetched in one range. */
  private static final int PADDING_BYTES = 1 << 20;

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final TrialAuthority authority = TrialAuthority.create(FLEET, new Ed25519());
  private DemoIssuer issuer;
  private CoordinatorServer coordinator;

  @BeforeEach
  void start() throws Exception {
    issuer = new DemoIssuer(authority, Files.createDirectory(directory.resolve("issuer")));
    BrokerSettings broker =
        BrokerSettings.onLoopback(FLEET, ServerOptions.clientId(FLEET)).withTls(issuer.brokerTls());
    coordinator =
        CoordinatorServer.start(
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
                .withRevocations(issuer.revocationSource())
                .withHttpsDelivery(issuer.httpsDelivery()));
    issuer.announce(coordinator.brokerUri());
  }

  @AfterEach
  void stop() {
    coordinator.close();
    issuer.close();
    authority.close();
  }

  private MembershipKeeper enrol(String name) throws Exception {
    return issuer.enrol(new AgentId(name), directory.resolve(name + "-identity"));
  }

  private EdgeAgentBuilder agent(MembershipKeeper member) {
    AgentId id = member.membership().agent();
    return EdgeAgent.builder(id, FLEET)
        .membership(member)
        .dataDirectory(directory.resolve(id.value()));
  }

  /** Until it serves the first version; the test's time limit is the only one. */
  private void awaitServed(EdgeAgent agent) throws Exception {
    AdminClient admin = new AdminClient(coordinator.adminApi(), http);
    while (!new ModelVersion(1).equals(agent.servedVersions().get(MODEL))) {
      assertThat(admin.agents()).hasSizeLessThanOrEqualTo(2);
    }
  }

  private int status(MembershipKeeper member, Sha256 digest) throws Exception {
    URI file = coordinator.artifactUrl().orElseThrow().of(digest);
    return HttpClient.newBuilder()
        .sslContext(member.towardDelivery().current())
        .build()
        .send(
            HttpRequest.newBuilder(file).timeout(Duration.ofSeconds(30)).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private long bytesOverHttps() throws Exception {
    URI metrics = coordinator.adminApi().resolve("/metrics");
    String text =
        http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher count = Pattern.compile("(?m)^covey_delivery_https_bytes_total (\\S+)$").matcher(text);
    assertThat(count.find()).as(text).isTrue();
    return (long) Double.parseDouble(count.group(1));
  }

  @Test
  void whatIsLargeComesOverHttpsUnlessAnAgentIsToldNotTo() throws Exception {
    byte[] graph = DemoModel.graph();
    byte[] padded = Arrays.copyOf(graph, graph.length + PADDING_BYTES);
    new AdminClient(coordinator.adminApi(), http)
        .registerModel(DemoModel.NAME, DemoModel.DESCRIPTION, padded);
    try (MembershipKeeper kitchen = enrol("kitchen");
        MembershipKeeper cellar = enrol("cellar");
        EdgeAgent overHttps = agent(kitchen).build();
        EdgeAgent overMqtt =
            EdgeAgent.builder(cellar.membership().agent(), FLEET)
                .connection(
                    TransportSettings.overTls(cellar.membership().broker(), "cellar", cellar))
                .identity(cellar.identity())
                .dataDirectory(directory.resolve("cellar"))
                .build()) {
      overMqtt.start();
      awaitServed(overMqtt);
      assertThat(bytesOverHttps()).isZero();
      overHttps.start();
      awaitServed(overHttps);
      assertThat(bytesOverHttps()).isGreaterThan(padded.length);
      assertThat(status(kitchen, Sha256.of(padded)))
          .as("the plain file, which the artifact store has under that name")
          .isEqualTo(404);
    }
  }

  @Test
  void aDeviceWhoseKeysNobodySeesEnrolsAndServes() throws Exception {
    new AdminClient(coordinator.adminApi(), http)
        .registerModel(DemoModel.NAME, DemoModel.DESCRIPTION, DemoModel.graph());
    Path identity = directory.resolve("safe-identity");
    HardwareKeys keys =
        new HardwareKeys(
            SoftwareDeviceKeys.generate(
                AesCtrRandomWords.fromSystemRandomness(),
                new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing())));
    try (JoinToken token = issuer.invite(new AgentId("safe"))) {
      MembershipKeeper.enrol(identity, keys, token);
    }
    try (MembershipKeeper member = MembershipKeeper.open(identity, keys);
        EdgeAgent agent = agent(member).build()) {
      agent.start();
      awaitServed(agent);
      assertThat(keys.decapsulations.get()).as("the fleet's key was wrapped for it").isPositive();
      assertThat(keys.signatures.get()).as("proof of possession, and messages").isGreaterThan(1);
      assertThat(identity).isDirectoryContaining("glob:**membership.json");
      assertThat(identity).isDirectoryNotContaining("glob:**.key");
    }
  }
}
