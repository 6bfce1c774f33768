package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.protocols.message.LocalTraining;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a plan takes from the settings where it says nothing. */
class PlanJsonTest {
  private static final TrainingPlan CHOSEN =
      new TrainingPlan(
          20,
          13,
          new LocalTraining(2, 8, 0.5f, 0.25f),
          10,
          2f,
          300,
          8f,
          new ServerOptimization(ServerOptimization.Algorithm.FED_ADAM, 0.5f, 0.25f, 0.125f, 0.5f),
          Duration.ofMinutes(3),
          Duration.ofMinutes(4),
          new AggregationPlan(
              AdversaryModel.SEMI_HONEST, 0.2, 0.1, 50, 20, Duration.ofMillis(2500)));

  @Test
  void planThatSaysNothingIsThatOfTheSettings() {
    assertThat(PlanJson.read(new JsonObject(), CHOSEN)).isEqualTo(CHOSEN);
  }

  @Test
  void privacyIsThatOfTheSettingsUnlessAPlanSaysOtherwise() {
    TrainingPlan noised =
        CHOSEN.withPrivacy(Optional.of(new PrivacyPlan(1.5, true, Optional.empty())));
    JsonObject own = new JsonObject().put("noiseMultiplier", 2);

    assertThat(PlanJson.read(new JsonObject(), noised)).isEqualTo(noised);
    assertThat(PlanJson.read(new JsonObject().putNull("privacy"), noised)).isEqualTo(CHOSEN);
    assertThat(PlanJson.read(new JsonObject().put("privacy", own), noised).privacy())
        .contains(new PrivacyPlan(2, false, Optional.empty()));
    assertThat(PlanJson.read(PlanJson.write(noised), CHOSEN)).isEqualTo(noised);
  }

  @Test
  void planThatIsWrittenIsReadBack() {
    assertThat(PlanJson.read(PlanJson.write(CHOSEN), TrainingPlan.standard())).isEqualTo(CHOSEN);
  }

  @Test
  void cohortOfAnotherSizeNeedsTwoThirdsOfItsReports() {
    assertThat(PlanJson.read(new JsonObject().put("cohortSize", 9), CHOSEN).minimumReports())
        .isEqualTo(6);
    assertThat(PlanJson.read(new JsonObject().put("cohortSize", 4), CHOSEN).minimumReports())
        .isEqualTo(3);
  }

  @Test
  void constantsOfAnotherAlgorithmAreItsOwn() {
    JsonObject yogi =
        new JsonObject().put("optimization", new JsonObject().put("algorithm", "FED_YOGI"));
    JsonObject adam =
        new JsonObject().put("optimization", new JsonObject().put("algorithm", "FED_ADAM"));

    assertThat(PlanJson.read(yogi, CHOSEN).optimization())
        .isEqualTo(ServerOptimization.of(ServerOptimization.Algorithm.FED_YOGI));
    assertThat(PlanJson.read(adam, CHOSEN).optimization()).isEqualTo(CHOSEN.optimization());
  }

  @Test
  void weightThatNoValueHoldsIsNotTakenFromTheSettings() {
    assertThat(PlanJson.read(new JsonObject().put("valueBits", 6), CHOSEN).maximumWeight())
        .isEqualTo(63);
  }

  @Test
  void decimalsAreWrittenAsShortAsTheyCanBe() {
    assertThat(PlanJson.write(TrainingPlan.standard()).getJsonObject("training").encode())
        .contains("\"learningRate\":0.1,");
  }

  @Test
  void everySizeOfACohortWillDoAloneUnderTheStandardAssumptions() {
    for (int size : new int[] {4, 5, 6, 7, 9, 10, 11, 50, 100, 128, 129, 150, 200, 300, 1000}) {
      TrainingPlan plan =
          PlanJson.read(new JsonObject().put("cohortSize", size), TrainingPlan.standard());
      assertThat(plan.parameters().neighbours()).as("%d agents", size).isLessThan(size);
    }
  }
}
