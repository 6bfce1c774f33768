package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.coordinator.delivery.DeliverySettings.Mode;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitsCsv;
import io.covey.simulator.data.HeldOutSplit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fleet whose broker is a real Mosquitto, from its authority's first command on: devices enrol,
 * get a model, train it, and one of them is revoked.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MosquittoFleetTest {
  private static final ModelName MODEL = new ModelName(DemoModel.NAME);
  private static final int AGENTS = 5;

  /** In Mosquitto's log: what the coordinator publishes of a file, retained or not. */
  private static final String BLOCK =
      "Received PUBLISH from coordinator:home \\(d0, q\\d, r%d, m\\d+,"
          + " '\\S+/model/digits/[0-9a-f]{64}/0'";

  @TempDir private Path directory;

  private final HeldOutSplit digits = HeldOutSplit.stratified(DigitsCsv.all(), 0.2, 1);

  @BeforeAll
  static void requireMosquitto() {
    MosquittoProcess.require();
  }

  @Test
  void aFleetTrainsAndServesAndGoesOnWithoutTheOneWhoIsRevoked() throws Exception {
    try (MosquittoFleet fleet = new MosquittoFleet(directory, Mode.RETAINED)) {
      fleet.addAgents(AGENTS, digits.training());
      AdminClient admin = fleet.admin();
      admin.registerModel(DemoModel.NAME, DemoModel.DESCRIPTION, DemoModel.graph());
      admin.setEvaluationData(
          DemoModel.NAME, DigitsCsv.write(digits.heldOut()), DigitsCsv.LABEL_COLUMN, Digit.SCALE);
      awaitServed(fleet, fleet.agents(), 1);
      assertThat(fleet.mosquittoLog()).containsPattern(BLOCK.formatted(1));
      train(admin, AGENTS);
      awaitServed(fleet, fleet.agents(), 2);

      EdgeAgent revoked = fleet.agents().get(AGENTS - 1);
      List<EdgeAgent> others = fleet.agents().subList(0, AGENTS - 1);
      fleet.revoke(revoked.id());
      awaitDenied(fleet, revoked);
      awaitEpoch(fleet, 2);
      assertThat(revoked.connected())
          .as("Mosquitto lets a connection that is denied stand")
          .isTrue();
      train(admin, AGENTS - 1);
      awaitServed(fleet, others, 3);
      assertThat(revoked.servedVersions()).containsEntry(MODEL, new ModelVersion(2));
      assertThat(revoked.counters().roundsJoined()).isEqualTo(1);
      for (EdgeAgent other : others) {
        assertThat(other.infer(MODEL, new float[Digit.PIXELS]).get("logits")).hasSize(10);
        assertThat(other.counters().roundsReported()).as("%s", other.id()).isEqualTo(2);
        assertThat(fleet.mosquittoLog()).doesNotContain("Denied PUBLISH from " + other.id());
      }
    }
  }

  @Test
  void aModelOfWhichTheBrokerRetainsNothingIsServedToo() throws Exception {
    try (MosquittoFleet fleet = new MosquittoFleet(directory, Mode.ON_REQUEST)) {
      fleet.addAgents(2, digits.training());
      fleet.admin().registerModel(DemoModel.NAME, DemoModel.DESCRIPTION, DemoModel.graph());
      awaitServed(fleet, fleet.agents(), 1);
      assertThat(fleet.mosquittoLog())
          .containsPattern(BLOCK.formatted(0))
          .doesNotContainPattern(BLOCK.formatted(1));
    }
  }

  private static void train(AdminClient admin, int everybody) throws Exception {
    ObjectNode request = new ObjectMapper().createObjectNode().put("rounds", 1);
    ObjectNode plan = request.putObject("plan");
    plan.put("cohortSize", everybody).put("minimumReports", everybody);
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
  }

  /** The test's time limit is the only one, here and below. */
  private static void awaitServed(MosquittoFleet fleet, List<EdgeAgent> agents, int version)
      throws Exception {
    ModelVersion wanted = new ModelVersion(version);
    while (!agents.stream().allMatch(agent -> wanted.equals(agent.servedVersions().get(MODEL)))) {
      assertThat(fleet.admin().agents()).hasSizeLessThanOrEqualTo(AGENTS);
    }
  }

  /** Until its connection, which stands, is of no use to it. */
  private static void awaitDenied(MosquittoFleet fleet, EdgeAgent agent) throws Exception {
    while (!fleet.mosquittoLog().contains("Denied PUBLISH from " + agent.id())) {
      assertThat(fleet.admin().agents()).hasSize(AGENTS);
    }
  }

  private static void awaitEpoch(MosquittoFleet fleet, int epoch) throws Exception {
    while (fleet.metric("covey_keys_epoch") < epoch) {
      assertThat(fleet.admin().agents()).hasSize(AGENTS);
    }
  }
}
