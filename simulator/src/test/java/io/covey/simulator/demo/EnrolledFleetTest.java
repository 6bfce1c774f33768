package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.coordinator.app.CoordinatorServer;
import io.covey.coordinator.app.ServerOptions;
import io.covey.coordinator.app.ServerOptions.BrokerChoice;
import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.app.EdgeAgentBuilder;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.simulator.data.DataSplit;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitExamples;
import io.covey.simulator.data.DigitsCsv;
import io.covey.simulator.data.HeldOutSplit;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and agents as their commands wire them, over a real broker. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class EnrolledFleetTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final ModelName MODEL = new ModelName(DemoModel.NAME);
  private static final int ENROLLED = 4;
  private static final int ROUNDS = 2;

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final HeldOutSplit digits = HeldOutSplit.stratified(DigitsCsv.all(), 0.2, 1);
  private final List<EdgeAgent> agents = new ArrayList<>();

  @Test
  void enrolledAgentsTrainAndServeAndTheOneWithoutAnIdentityCanOpenNothing() throws Exception {
    try (TrialAuthority authority = TrialAuthority.create(FLEET, new Ed25519());
        CoordinatorServer coordinator = CoordinatorServer.start(options(authority))) {
      try {
        startAgents(coordinator, authority);
        AdminClient admin = new AdminClient(coordinator.adminApi(), http);
        train(admin);
        requireTrainedByTheEnrolled(admin);
      } finally {
        agents.forEach(EdgeAgent::close);
      }
    }
  }

  private ServerOptions options(TrialAuthority authority) throws IOException {
    return new ServerOptions(
        FLEET,
        authority.coordinator(),
        Files.createDirectory(directory.resolve("artifacts")),
        DatabaseSettings.h2File(directory.resolve("coordinator")),
        new BrokerChoice.Embedded(BrokerSettings.onLoopback(FLEET, ServerOptions.clientId(FLEET))),
        HttpSettings.onLoopback(0, Files.createDirectory(directory.resolve("uploads"))),
        RoundLimits.standard(),
        TrainingPlan.standard(),
        new SplittableRandom(1));
  }

  private void startAgents(CoordinatorServer coordinator, TrialAuthority authority)
      throws Exception {
    List<List<Digit>> shards =
        new DataSplit.Dirichlet(100).shards(digits.training(), ENROLLED + 1, 2);
    for (int i = 0; i <= ENROLLED; i++) {
      AgentId id = new AgentId("agent-" + i);
      EdgeAgentBuilder builder =
          EdgeAgent.builder(id, FLEET)
              .broker(coordinator.brokerUri())
              .dataDirectory(directory.resolve(id.value()))
              .examples(DigitExamples.of(shards.get(i)));
      // Number 0 has no identity.
      if (i > 0) {
        builder.identity(authority.enrol(id, 1));
      }
      agents.add(builder.build());
    }
    agents.forEach(EdgeAgent::start);
  }

  private void train(AdminClient admin) throws Exception {
    admin.registerModel(DemoModel.NAME, DemoModel.DESCRIPTION, DemoModel.graph());
    admin.setEvaluationData(
        DemoModel.NAME, DigitsCsv.write(digits.heldOut()), DigitsCsv.LABEL_COLUMN, Digit.SCALE);
    awaitServed(admin, 1);
    ObjectNode request = new ObjectMapper().createObjectNode().put("rounds", ROUNDS);
    request.putObject("plan").put("cohortSize", ENROLLED).put("minimumReports", 3);
    try (TrainingWatch watch = new TrainingWatch(admin, DemoModel.NAME)) {
      admin.startTraining(DemoModel.NAME, request);
      String state = "RUNNING";
      while (state.equals("RUNNING")) {
        TrainingWatch.Event event = watch.next(Duration.ofMinutes(2));
        assertThat(event).as("events go on").isNotNull();
        if (event instanceof TrainingWatch.Event.OfJob ofJob) {
          state = ofJob.job().path("state").asText();
        }
      }
      assertThat(state).isEqualTo("COMPLETED");
    }
    awaitServed(admin, 1 + ROUNDS);
  }

  /** Until everybody with an identity serves a version; the test's time limit is the only one. */
  private void awaitServed(AdminClient admin, int version) throws Exception {
    ModelVersion wanted = new ModelVersion(version);
    while (!agents.stream()
        .skip(1)
        .allMatch(agent -> wanted.equals(agent.servedVersions().get(MODEL)))) {
      assertThat(admin.agents()).hasSizeLessThanOrEqualTo(agents.size());
    }
  }

  private void requireTrainedByTheEnrolled(AdminClient admin) throws Exception {
    EdgeAgent locked = agents.get(0);
    assertThat(locked.counters().roundsJoined()).isZero();
    assertThat(Files.exists(directory.resolve("agent-0").resolve("decisions"))).isFalse();
    assertThat(locked.servedVersions()).isEmpty();
    float[] pixels = new float[64];
    for (EdgeAgent serving : agents.subList(1, agents.size())) {
      assertThat(serving.infer(MODEL, pixels).get("logits")).hasSize(10);
    }
    for (EdgeAgent trained : agents.subList(1, agents.size())) {
      assertThat(trained.counters().roundsReported()).as("%s", trained.id()).isEqualTo(ROUNDS);
      // Eight bytes of a header, and 68 for each session.
      assertThat(Files.size(directory.resolve(trained.id().value()).resolve("decisions")))
          .isEqualTo(8 + 68L * ROUNDS);
    }
    for (JsonNode agent : admin.agents()) {
      // The one without an identity does not even connect.
      assertThat(agent.path("id").asText()).isNotEqualTo("agent-0");
      assertThat(agent.path("canTrain").asBoolean()).isTrue();
    }
  }
}
