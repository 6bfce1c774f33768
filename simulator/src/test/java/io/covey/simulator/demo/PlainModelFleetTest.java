package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.edgeagent.selftest.ChildLimits;
import io.covey.edgeagent.selftest.SelfTestMode;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.samples.NamedTensors;
import io.covey.models.samples.SampleFile;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitsCsv;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A plain model that predicts values, from its upload to the file that agents serve: Adam on the
 * device, only the last layer trained, weights sent as bytes, served in dynamic range.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class PlainModelFleetTest {
  private static final FleetId FLEET = new FleetId("plain");
  private static final ModelName MODEL = new ModelName("values");
  private static final int AGENTS = 4;
  private static final int ROUNDS = 4;
  private static final int EACH = 60;
  private static final int LABELS = 10;
  private static final int SAMPLES = 2;

  @TempDir private Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Digit> digits = DigitsCsv.all();
  private final List<EdgeAgent> agents = new ArrayList<>();

  @Test
  void valuesAreLearntByAFleetAndServed() throws Exception {
    try (TrialAuthority authority = TrialAuthority.create(FLEET, new Ed25519());
        CoordinatorServer coordinator = CoordinatorServer.start(options(authority))) {
      try {
        for (int i = 0; i < AGENTS; i++) {
          agents.add(agent(coordinator, authority, i));
        }
        agents.forEach(EdgeAgent::start);
        AdminClient admin = new AdminClient(coordinator.adminApi(), http);
        refuseWhatCannotBe(admin);
        double before = register(admin);
        for (int round = 1; round <= ROUNDS; round++) {
          // The last one changes little, so that its difference is far smaller than its file.
          train(admin, round < ROUNDS ? 0.01 : 0.0001);
          // The next version differs from this one: whoever missed it gets the whole file.
          awaitServed(admin, 1 + round);
        }
        JsonNode newest = admin.version(MODEL.value(), 1 + ROUNDS);
        assertThat(newest.path("evaluation").path("meanLoss").asDouble()).isLessThan(0.8 * before);
        requireServed(admin, newest);
        requireSamples(admin);
      } finally {
        agents.forEach(EdgeAgent::close);
      }
    }
  }

  /** Nothing of what is refused is there afterwards: the name is still free. */
  private void refuseWhatCannotBe(AdminClient admin) throws Exception {
    ObjectNode impossible = task();
    impossible.putObject("trainable").put("matching", "no such name");
    assertThatThrownBy(() -> register(admin, impossible))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 422")
        .hasMessageContaining("no such name");
    ObjectNode uncalibrated = task();
    uncalibrated.putObject("preprocessing").putArray("mean").add(1).add(2).add(3);
    assertThatThrownBy(() -> register(admin, uncalibrated)).hasMessageContaining("answered 422");
  }

  private double register(AdminClient admin) throws Exception {
    JsonNode first = register(admin, task());
    assertThat(first.path("serving").path("form").asText()).isEqualTo("DYNAMIC_RANGE");
    JsonNode evaluated =
        admin.setEvaluationValues(MODEL.value(), csv(digits.subList(1000, 1200)), "y0..y9");
    awaitServed(admin, 1);
    return evaluated.path("evaluation").path("meanLoss").asDouble();
  }

  private static JsonNode register(AdminClient admin, ObjectNode task) throws Exception {
    byte[] samples =
        DigitsCsv.write(DigitsCsv.all().subList(1200, 1300)).getBytes(StandardCharsets.UTF_8);
    return admin.registerPlainModel(
        MODEL.value(),
        "",
        new AdminClient.PlainModelFiles(DemoModel.plain(), samples),
        task,
        DemoModel.sampleFormat());
  }

  private static ObjectNode task() {
    ObjectNode task = new ObjectMapper().createObjectNode();
    task.put("loss", "MEAN_SQUARED_ERROR");
    task.put("weights", "INT8");
    task.putObject("preprocessing").put("scale", Digit.SCALE);
    task.putObject("steps").put("optimizer", "ADAM");
    task.putObject("trainable").put("lastLayers", 1);
    ObjectNode serving = task.putObject("serving");
    serving.put("form", "DYNAMIC_RANGE").put("minimumAgreement", 0.9);
    serving.putObject("selfTest").put("samples", SAMPLES).put("tolerance", 0.1);
    return task;
  }

  private void train(AdminClient admin, double learningRate) throws Exception {
    ObjectNode request = new ObjectMapper().createObjectNode().put("rounds", 1);
    ObjectNode plan = request.putObject("plan");
    plan.put("cohortSize", AGENTS).put("minimumReports", AGENTS);
    plan.putObject("training")
        .put("epochs", 5)
        .put("batchSize", 10)
        .put("learningRate", learningRate);
    try (TrainingWatch watch = new TrainingWatch(admin, MODEL.value())) {
      admin.startTraining(MODEL.value(), request);
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

  /** Until everybody serves a version; the test's time limit is the only one. */
  private void awaitServed(AdminClient admin, int version) throws Exception {
    ModelVersion wanted = new ModelVersion(version);
    while (!agents.stream().allMatch(agent -> wanted.equals(agent.servedVersions().get(MODEL)))) {
      assertThat(admin.agents()).hasSizeLessThanOrEqualTo(agents.size());
    }
  }

  /** Agents answer as the file does that the coordinator says they serve. */
  private void requireServed(AdminClient admin, JsonNode newest) throws Exception {
    assertThat(newest.path("released").asBoolean()).isTrue();
    byte[] file = admin.artifact(MODEL.value(), 1 + ROUNDS, "serving");
    assertThat(newest.path("serving").path("servedBytes").asInt()).isEqualTo(file.length);
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file);
        InferenceSession session = model.openInference()) {
      assertThat(model.preprocessing().scale()).isEqualTo(Digit.SCALE);
      float[] expected = new float[LABELS];
      for (EdgeAgent agent : agents) {
        float[] features = digits.get(7).features();
        session.infer(features, 1, expected);
        assertThat(agent.infer(MODEL, features).values()).containsExactly(expected);
        // Most of it is as it was, and whoever served the version before was told how it differs.
        assertThat(agent.counters().differencesAbandoned()).isZero();
      }
    }
    assertThat(agents).allMatch(agent -> agent.counters().differencesUsed() > 0);
  }

  /** Every version was tried on the same inputs, as many of them the owner's as was allowed. */
  private void requireSamples(AdminClient admin) throws Exception {
    byte[] inputs = admin.artifact(MODEL.value(), 1, "sample-inputs");
    assertThat(admin.artifact(MODEL.value(), 1 + ROUNDS, "sample-inputs")).isEqualTo(inputs);
    assertThat(admin.artifact(MODEL.value(), 1 + ROUNDS, "expected-outputs"))
        .isNotEqualTo(admin.artifact(MODEL.value(), 1, "expected-outputs"));
    List<NamedTensors> samples = SampleFile.read(inputs);
    for (int i = 0; i < samples.size(); i++) {
      float[] sample = samples.get(i).tensors().values().iterator().next().toFloats();
      assertThat(Arrays.equals(sample, digits.get(1200 + i).features()))
          .as("sample %d is the owner's", i)
          .isEqualTo(i < SAMPLES);
    }
  }

  private EdgeAgent agent(CoordinatorServer coordinator, TrialAuthority authority, int number)
      throws IOException {
    AgentId id = new AgentId("agent-" + number);
    List<Digit> own = digits.subList(number * EACH, (number + 1) * EACH);
    float[] pixels = new float[EACH * Digit.PIXELS];
    float[] values = new float[EACH * LABELS];
    for (int i = 0; i < EACH; i++) {
      for (int pixel = 0; pixel < Digit.PIXELS; pixel++) {
        pixels[i * Digit.PIXELS + pixel] = own.get(i).pixel(pixel);
      }
      values[i * LABELS + own.get(i).label()] = 1;
    }
    return EdgeAgent.builder(id, FLEET)
        .selfTest(
            number == 0 ? SelfTestMode.CHILD_PROCESS : SelfTestMode.IN_PROCESS, ChildLimits.DEFAULT)
        .broker(coordinator.brokerUri())
        .dataDirectory(directory.resolve(id.value()))
        .examples(InMemoryExampleStore.ofValues(Digit.PIXELS, pixels, LABELS, values))
        .identity(authority.enrol(id, 1))
        .build();
  }

  /** Pixels, then a 1 in the column of the digit. */
  private static String csv(List<Digit> digits) {
    StringBuilder csv = new StringBuilder();
    for (int pixel = 0; pixel < Digit.PIXELS; pixel++) {
      csv.append("p").append(pixel).append(',');
    }
    csv.append("y0,y1,y2,y3,y4,y5,y6,y7,y8,y9\n");
    for (Digit digit : digits) {
      for (int pixel = 0; pixel < Digit.PIXELS; pixel++) {
        csv.append(digit.pixel(pixel)).append(',');
      }
      for (int label = 0; label < LABELS; label++) {
        csv.append(label == digit.label() ? 1 : 0).append(label == LABELS - 1 ? '\n' : ',');
      }
    }
    return csv.toString();
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
}
