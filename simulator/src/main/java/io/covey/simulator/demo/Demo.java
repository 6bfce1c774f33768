package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.simulator.clock.Seeds;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitsCsv;
import io.covey.simulator.data.HeldOutSplit;
import io.covey.simulator.network.WireTap;
import io.covey.simulator.report.Quantities;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The main job, as an operator would do it: starts a fleet, registers a model over the admin API,
 * trains it while watching, and asks the agents. Belongs to the thread that makes it; {@link
 * #close} may be called from any.
 */
public final class Demo implements AutoCloseable {
  private static final ModelName MODEL = new ModelName(DemoModel.NAME);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  /** How long the fleet may take to come up, and to take in a version. */
  private static final Duration FLEET_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private final DemoOptions options;
  private final DemoDisplay display;
  private final long startNanos;
  private final HeldOutSplit digits;
  private final DemoFleet fleet;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();
  private final AdminClient admin;

  private Demo(DemoOptions options, DemoDisplay display, long startNanos) throws IOException {
    this.options = options;
    this.display = display;
    this.startNanos = startNanos;
    Seeds seeds = new Seeds(options.seed());
    this.digits =
        HeldOutSplit.stratified(DigitsCsv.all(), DemoOptions.HELD_OUT, seeds.of("held-out split"));
    List<List<Digit>> shards =
        options.split().shards(digits.training(), options.agents(), seeds.of("shards"));
    display.starting(options);
    this.fleet = DemoFleet.start(options, shards);
    this.admin = new AdminClient(fleet.adminApi(), http);
    describe(shards);
  }

  /**
   * Starts coordinator and agents.
   *
   * @param startNanos {@link System#nanoTime} from when the demo's time counts
   * @throws IOException when something that it needs cannot be had
   */
  public static Demo start(DemoOptions options, DemoDisplay display, long startNanos)
      throws IOException {
    return new Demo(options, display, startNanos);
  }

  /**
   * Does the whole job.
   *
   * @throws IOException that says which step failed and why
   */
  public DemoResult run() throws IOException, InterruptedException {
    byte[] plain = DemoModel.plain();
    String heldOut = DigitsCsv.write(digits.heldOut());
    admin.registerPlainModel(
        DemoModel.NAME,
        DemoModel.DESCRIPTION,
        new AdminClient.PlainModelFiles(plain, heldOut.getBytes(StandardCharsets.UTF_8)),
        DemoModel.task(),
        DemoModel.sampleFormat());
    JsonNode first = admin.setEvaluationData(DemoModel.NAME, heldOut, DigitsCsv.LABEL_COLUMN, 1f);
    double accuracyBefore = first.path("evaluation").path("accuracy").asDouble(Double.NaN);
    display.line(
        "model",
        "%s, a plain TensorFlow Lite file of %s; made trainable, and served as %s"
            .formatted(
                DemoModel.NAME,
                Quantities.bytes(plain.length),
                first.path("serving").path("form").asText()));
    display.line("before", Quantities.percent(accuracyBefore) + " of the held-out digits right");
    await("every agent to serve the first version", () -> areServing(1));
    TrainingOutcome training = train();
    return finish(accuracyBefore, training);
  }

  private DemoResult finish(double accuracyBefore, TrainingOutcome training)
      throws IOException, InterruptedException {
    int version = training.newestVersion();
    await("every agent to serve version " + version, () -> areServing(version));
    InferenceCheck check = new InferenceCheck(admin, fleet.agents(), http);
    InferenceCheck.Outcome inferences = check.run(digits.heldOut(), version);
    WireTap.Findings findings = fleet.observer().findings(modelFiles(version));
    DemoResult.Protection protection =
        new DemoResult.Protection(
            findings.updatesMasked(),
            findings.modelEncrypted(),
            fleet.observer().seesMutualTls(),
            fleet.enrolledAgents());
    DemoResult result =
        new DemoResult(
            onlineAgents(),
            options.rounds(),
            training.committed(),
            accuracyBefore,
            training.accuracy(),
            fleet.traffic(),
            inferences.counts(),
            fleet.broker(),
            fleet.transport(),
            serving(version),
            protection,
            spent(),
            (System.nanoTime() - startNanos) / 1e9);
    display.plot();
    display.inference(inferences.example());
    display.protection(protection, findings);
    display.result(result);
    return result;
  }

  /** Every plain file of every version, as the operator gets them. */
  private List<byte[]> modelFiles(int versions) throws IOException, InterruptedException {
    List<byte[]> files = new ArrayList<>(List.of(DemoModel.plain()));
    for (int version = 1; version <= versions; version++) {
      for (JsonNode artifact : admin.version(DemoModel.NAME, version).path("artifacts")) {
        String role = artifact.path("role").asText();
        // The weights of a plain model never leave the coordinator, not even for the operator.
        if (!role.equals(ArtifactReference.Role.WEIGHTS.name())) {
          String segment = role.toLowerCase(Locale.ROOT).replace('_', '-');
          files.add(admin.artifact(DemoModel.NAME, version, segment));
        }
      }
    }
    return files;
  }

  private DemoResult.Serving serving(int version) throws IOException, InterruptedException {
    JsonNode serving = admin.version(DemoModel.NAME, version).path("serving");
    return new DemoResult.Serving(
        serving.path("form").asText(),
        serving.path("servedBytes").asLong(),
        serving.path("floatBytes").asLong(),
        serving.path("agreement").path("share").asDouble(Double.NaN));
  }

  /** Prints where everything is, for {@code --keep}. */
  public void showEndpoints() {
    display.endpoints(
        fleet.adminApi(),
        fleet.brokerUri(),
        fleet.agents().stream().map(DemoFleet::endpoint).toList());
  }

  private TrainingOutcome train() throws IOException, InterruptedException {
    TrainingPlan plan = options.plan();
    if (options.privacy().isPresent()) {
      beginPrivately(options.privacy().get(), plan);
    }
    // Opened before the training begins, so that no round is missed.
    try (TrainingWatch watch = new TrainingWatch(admin, DemoModel.NAME)) {
      admin.startTraining(DemoModel.NAME, trainingRequest(plan));
      display.roundsBegin();
      return TrainingOutcome.follow(watch, plan, display);
    }
  }

  /** The coordinator enforces the budget, whatever the plan says. */
  private void beginPrivately(DemoPrivacy privacy, TrainingPlan plan)
      throws IOException, InterruptedException {
    admin.setPrivacyBudget(DemoModel.NAME, privacy.budget().epsilon(), privacy.budget().delta());
    display.privacyBegins(privacy, plan);
    privacy
        .warning(options, DemoModel.PARAMETERS, plan.minimumHonest())
        .ifPresent(warning -> display.line("note", warning));
  }

  private Optional<DemoResult.Privacy> spent() throws IOException, InterruptedException {
    if (options.privacy().isEmpty()) {
      return Optional.empty();
    }
    JsonNode privacy = admin.privacy(DemoModel.NAME);
    return Optional.of(
        new DemoResult.Privacy(
            privacy.path("spent").path("againstCoordinator").asDouble(Double.NaN),
            privacy.path("delta").asDouble(),
            options.plan().privacy().orElseThrow().noiseMultiplier()));
  }

  private ObjectNode trainingRequest(TrainingPlan plan) {
    ObjectNode request = new ObjectMapper().createObjectNode().put("rounds", options.rounds());
    ObjectNode json = request.putObject("plan");
    json.put("cohortSize", plan.cohortSize());
    json.put("minimumReports", plan.minimumReports());
    json.put("valueBits", plan.valueBits());
    json.put("clipNorm", plan.clipNorm());
    json.put("maximumWeight", plan.maximumWeight());
    json.put("maximumLoss", plan.maximumLoss());
    json.put("selectionPeriod", plan.selectionPeriod().toString());
    json.put("reportingPeriod", plan.reportingPeriod().toString());
    json.putObject("training")
        .put("epochs", plan.training().epochs())
        .put("batchSize", plan.training().batchSize())
        .put("learningRate", plan.training().learningRate())
        .put("proximalMu", plan.training().proximalMu());
    json.putObject("optimization")
        .put("algorithm", plan.optimization().algorithm().name())
        .put("learningRate", plan.optimization().learningRate());
    json.putObject("aggregation").put("stepPeriod", plan.aggregation().stepPeriod().toString());
    plan.privacy()
        .ifPresent(
            privacy -> json.putObject("privacy").put("noiseMultiplier", privacy.noiseMultiplier()));
    return request;
  }

  private void describe(List<List<Digit>> shards) {
    int smallest = shards.stream().mapToInt(List::size).min().orElseThrow();
    int largest = shards.stream().mapToInt(List::size).max().orElseThrow();
    display.line("coordinator", fleet.adminApi().toString());
    display.line("broker", fleet.broker() + " at " + fleet.brokerUri());
    display.line(
        "data",
        "%d digits on the agents, %d to %d each; %d held out"
            .formatted(digits.training().size(), smallest, largest, digits.heldOut().size()));
  }

  private boolean areServing(int version) {
    return fleet.agents().stream()
        .map(EdgeAgent::servedVersions)
        .allMatch(served -> new ModelVersion(version).equals(served.get(MODEL)));
  }

  private int onlineAgents() throws IOException, InterruptedException {
    return (int) admin.agents().stream().filter(agent -> agent.path("online").asBoolean()).count();
  }

  private static void await(String what, BooleanSupplier condition)
      throws IOException, InterruptedException {
    Instant deadline = Instant.now().plus(FLEET_TIMEOUT);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(deadline)) {
        throw new IOException("waited %d s for %s".formatted(FLEET_TIMEOUT.toSeconds(), what));
      }
      Thread.sleep(POLL_INTERVAL.toMillis());
    }
  }

  @Override
  public void close() {
    fleet.close();
  }
}
