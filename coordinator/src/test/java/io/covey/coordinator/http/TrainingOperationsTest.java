package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.TrainingPlan;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and rounds over HTTP. */
class TrainingOperationsTest {
  private static final String TRAINING = "/api/v1/models/digits/training";
  private static final String ROUNDS = "/api/v1/models/digits/rounds";

  @TempDir static Path uploads;
  private static AdminApi api;

  @BeforeAll
  static void serve() {
    api = AdminApi.onLoopback(uploads);
  }

  @AfterAll
  static void close() {
    api.close();
  }

  @BeforeEach
  void uploadDigits() {
    api.coordinator.reset();
    api.upload("digits");
  }

  @Test
  void planThatIsLeftOutIsTheStandardOne() {
    AdminApi.Answer started = api.post(TRAINING, new JsonObject().put("rounds", 20));

    assertThat(started.status()).isEqualTo(202);
    assertThat(started.json().getString("state")).isEqualTo("RUNNING");
    assertThat(started.json().getInteger("roundsWanted")).isEqualTo(20);
    assertThat(started.json().getJsonObject("plan"))
        .isEqualTo(PlanJson.write(TrainingPlan.standard()));
    assertThat(api.get(TRAINING).json()).isEqualTo(started.json());
  }

  @Test
  void everyPartOfAPlanCanBeChosen() {
    JsonObject plan =
        new JsonObject()
            .put("cohortSize", 50)
            .put("minimumReports", 17)
            .put(
                "training",
                new JsonObject()
                    .put("epochs", 2)
                    .put("batchSize", 64)
                    .put("learningRate", 0.3)
                    .put("proximalMu", 0.01))
            .put("valueBits", 16)
            .put("clipNorm", 1.7)
            .put("maximumWeight", 100)
            .put("maximumLoss", 9.0)
            .put(
                "optimization",
                new JsonObject()
                    .put("algorithm", "FED_YOGI")
                    .put("learningRate", 0.02)
                    .put("momentum", 0.8)
                    .put("secondMoment", 0.95)
                    .put("adaptivity", 0.0001))
            .put("selectionPeriod", "PT5M")
            .put("reportingPeriod", "PT0.25S")
            .put(
                "aggregation",
                new JsonObject()
                    .put("adversary", "SEMI_HONEST")
                    .put("corruptFraction", 0.2)
                    .put("dropoutFraction", 0.05)
                    .put("privacyBits", 64)
                    .put("correctnessBits", 20)
                    .put("stepPeriod", "PT2.5S"))
            .put(
                "privacy",
                new JsonObject()
                    .put("noiseMultiplier", 1.25)
                    .put("rotated", true)
                    .put(
                        "adaptiveClipping",
                        new JsonObject().put("quantile", 0.75).put("learningRate", 0.5)));

    AdminApi.Answer started = start(plan);

    assertThat(started.status()).isEqualTo(202);
    assertThat(started.json().getJsonObject("plan")).isEqualTo(plan);
  }

  @Test
  void defaultsFollowWhatWasChosen() {
    JsonObject small =
        start(
                new JsonObject()
                    .put("cohortSize", 5)
                    .put("valueBits", 4)
                    .put("optimization", new JsonObject().put("algorithm", "FED_ADAM")))
            .json()
            .getJsonObject("plan");

    assertThat(small.getInteger("minimumReports")).isEqualTo(4);
    assertThat(small.getInteger("maximumWeight")).isEqualTo(15);
    assertThat(small.getJsonObject("optimization").getDouble("learningRate")).isEqualTo(0.01);
    assertThat(small.getJsonObject("optimization").getDouble("momentum")).isEqualTo(0.9);
  }

  @Test
  void wholeNumbersDoWhereDecimalsAreExpected() {
    assertThat(start(new JsonObject().put("clipNorm", 3)).status()).isEqualTo(202);
  }

  @Test
  void planWhosePartsDoNotGoTogetherIsInvalid() {
    assertInvalid(new JsonObject().put("cohortSize", 4).put("minimumReports", 5), "#/plan");
    assertInvalid(new JsonObject().put("valueBits", 4).put("maximumWeight", 16), "#/plan");
    assertInvalid(new JsonObject().put("selectionPeriod", "PT0S"), "#/plan");
    assertInvalid(new JsonObject().put("reportingPeriod", "P1DT"), "#/plan/reportingPeriod");
    assertInvalid(
        new JsonObject().put("aggregation", new JsonObject().put("stepPeriod", "PT25H")), "#/plan");
  }

  @Test
  void assumptionsThatNoThresholdServesAreInvalidAndTheAnswerSaysWhy() {
    JsonObject half = new JsonObject().put("corruptFraction", 0.4);
    assertThat(detail(start(new JsonObject().put("aggregation", half))))
        .contains("3 of 8 may be corrupt, expected less than a third");
    JsonObject lost = new JsonObject().put("dropoutFraction", 0.3);
    assertThat(detail(start(new JsonObject().put("cohortSize", 10).put("aggregation", lost))))
        .contains("a cohort of 10 has a threshold of 7")
        .contains("only 6 other survivors");
    JsonObject both = new JsonObject().put("corruptFraction", 0.45).put("dropoutFraction", 0.45);
    assertThat(detail(start(new JsonObject().put("cohortSize", 200).put("aggregation", both))))
        .contains("no threshold in a cohort of 134 to 200 is safe with 90 corrupt");
  }

  private static String detail(AdminApi.Answer answer) {
    assertThat(answer.status()).isEqualTo(422);
    return answer.json().getJsonArray("errors").getJsonObject(0).getString("detail");
  }

  @Test
  void planThatBreaksTheContractIsRefusedWithAPointer() {
    assertRefused(new JsonObject().put("cohortSize", 3), "#/plan/cohortSize");
    assertRefused(new JsonObject().put("minimumReports", 2), "#/plan/minimumReports");
    assertRefused(
        new JsonObject().put("aggregation", new JsonObject().put("corruptFraction", 0.5)),
        "#/plan/aggregation/corruptFraction");
    assertRefused(
        new JsonObject().put("aggregation", new JsonObject().put("adversary", "NONE")),
        "#/plan/aggregation/adversary");
    assertRefused(new JsonObject().put("cohortSize", "8"), "#/plan/cohortSize");
    assertRefused(new JsonObject().put("clipNorm", -1), "#/plan/clipNorm");
    assertRefused(new JsonObject().put("cohort", 8), "#/plan/cohort");
    assertRefused(
        new JsonObject().put("training", new JsonObject().put("epochs", 1.5)),
        "#/plan/training/epochs");
    assertRefused(
        new JsonObject().put("optimization", new JsonObject().put("algorithm", "FED_SGD")),
        "#/plan/optimization/algorithm");
    assertRefused(
        new JsonObject().put("optimization", new JsonObject().put("momentum", 1)),
        "#/plan/optimization/momentum");
    assertRefused(new JsonObject().put("selectionPeriod", "soon"), "#/plan/selectionPeriod");
  }

  @Test
  void roundsAreNeeded() {
    AdminApi.Answer refused = api.post(TRAINING, new JsonObject().put("plan", new JsonObject()));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().getString("detail")).contains("\"rounds\"");
  }

  @Test
  void jobIsPausedAndResumed() {
    start(new JsonObject());

    assertThat(start(new JsonObject()).status()).isEqualTo(409);
    assertThat(post("/resume").status()).isEqualTo(409);
    assertThat(post("/pause").json().getString("state")).isEqualTo("PAUSED");
    assertThat(post("/pause").status()).isEqualTo(409);
    assertThat(post("/resume").json().getString("state")).isEqualTo("RUNNING");
  }

  @Test
  void trainingOfNothingIs404() {
    assertThat(api.get(TRAINING).status()).isEqualTo(404);
    assertThat(post("/pause").status()).isEqualTo(404);
    assertThat(post("/resume").status()).isEqualTo(404);
    assertThat(api.post("/api/v1/models/none/training", new JsonObject().put("rounds", 1)).status())
        .isEqualTo(404);
    assertThat(api.get("/api/v1/models/none/rounds").status()).isEqualTo(404);
    assertThat(api.get(ROUNDS + "/1").status()).isEqualTo(404);
  }

  @Test
  void roundsAreListedNewestFirstInPages() {
    api.coordinator.emit(Samples.committed(1));
    api.coordinator.emit(Samples.failed(2));
    api.coordinator.emit(Samples.running(3));

    JsonObject first = api.get(ROUNDS + "?limit=2").json();
    JsonObject second =
        api.get(ROUNDS + "?limit=2&cursor=" + first.getInteger("nextCursor")).json();

    assertThat(states(first)).containsExactly("RUNNING", "FAILED");
    assertThat(states(second)).containsExactly("COMMITTED");
    assertThat(second.getValue("nextCursor")).isNull();
    assertThat(states(api.get(ROUNDS).json())).hasSize(3);
  }

  @Test
  void roundIsShownWithItsOutcome() {
    api.coordinator.emit(Samples.committed(1));

    JsonObject round = api.get(ROUNDS + "/1").json();

    assertThat(round.getInteger("committedVersion")).isEqualTo(2);
    assertThat(round.getValue("failure")).isNull();
    assertThat(round.getJsonObject("dropped").getMap())
        .containsOnly(Map.entry("DEADLINE", 1), Map.entry("LOST", 1));
    JsonObject outcome = round.getJsonObject("outcome");
    assertThat(outcome.getDouble("trainingLoss")).isEqualTo(0.75);
    assertThat(outcome.containsKey("heldOutLoss")).isTrue();
    assertThat(outcome.getValue("heldOutLoss")).isNull();
    assertThat(outcome.getValue("heldOutAccuracy")).isNull();
  }

  @Test
  void failedRoundSaysWhy() {
    api.coordinator.emit(Samples.failed(7));

    JsonObject round = api.get(ROUNDS + "/7").json();

    assertThat(round.getString("failure")).isEqualTo("NOT_ENOUGH_REPORTS");
    assertThat(round.getValue("outcome")).isNull();
    assertThat(api.get(ROUNDS + "/6").status()).isEqualTo(404);
  }

  private static AdminApi.Answer start(JsonObject plan) {
    return api.post(TRAINING, new JsonObject().put("rounds", 1).put("plan", plan));
  }

  private static AdminApi.Answer post(String step) {
    return api.send(api.request(TRAINING + step).POST(BodyPublishers.noBody()));
  }

  private static void assertInvalid(JsonObject plan, String pointer) {
    AdminApi.Answer answer = start(plan);
    assertThat(answer.status()).as(plan.encode()).isEqualTo(422);
    assertThat(pointers(answer)).containsExactly(pointer);
  }

  private static void assertRefused(JsonObject plan, String pointer) {
    AdminApi.Answer answer = start(plan);
    assertThat(answer.status()).as(plan.encode()).isEqualTo(400);
    assertThat(pointers(answer)).containsExactly(pointer);
    assertThat(api.get(TRAINING).status()).isEqualTo(404);
  }

  private static List<String> pointers(AdminApi.Answer answer) {
    JsonArray errors = answer.json().getJsonArray("errors");
    return errors.stream().map(e -> ((JsonObject) e).getString("pointer")).toList();
  }

  private static List<String> states(JsonObject page) {
    return page.getJsonArray("items").stream()
        .map(r -> ((JsonObject) r).getString("state"))
        .toList();
  }
}
