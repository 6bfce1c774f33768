package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.ModelName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivacyOperationsTest {
  private static final ModelName DIGITS = new ModelName("digits");
  private static final String PRIVACY = "/api/v1/models/digits/privacy";
  private static final String TRAINING = "/api/v1/models/digits/training";
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
  void aModelBeginsWithoutBudgetAndWithNothingSpent() {
    JsonObject privacy = api.get(PRIVACY).json();
    assertThat(privacy.getValue("budget")).isNull();
    assertThat(privacy.getValue("nextRound")).isNull();
    assertThat(privacy.getInteger("roundsCounted")).isZero();
    assertThat(privacy.getJsonObject("spent").getDouble("againstCoordinator")).isZero();
    assertThat(privacy.getDouble("delta")).isEqualTo(1e-6);
    assertThat(privacy.getJsonArray("assumptions")).isNotEmpty();
  }

  @Test
  void aBudgetHoldsAgainstTheCoordinatorUnlessItSaysOtherwise() {
    JsonObject set = put(new JsonObject().put("epsilon", 8).put("delta", 1e-5)).json();
    assertThat(set.getJsonObject("budget"))
        .isEqualTo(
            new JsonObject().put("epsilon", 8.0).put("delta", 1e-5).put("observer", "COORDINATOR"));
    assertThat(set.getDouble("delta")).isEqualTo(1e-5);
    JsonObject other =
        new JsonObject().put("epsilon", 2.5).put("delta", 1e-7).put("observer", "MODEL_CONSUMER");
    assertThat(put(other).json().getJsonObject("budget")).isEqualTo(other);
    assertThat(api.get(PRIVACY).json().getJsonObject("budget")).isEqualTo(other);
  }

  @Test
  void whatIsSpentAndWhatTheNextRoundWouldCostAreShown() {
    put(new JsonObject().put("epsilon", 4.5).put("delta", 1e-5));
    JsonObject plan = new JsonObject().put("privacy", new JsonObject().put("noiseMultiplier", 2));
    api.post(TRAINING, new JsonObject().put("rounds", 5).put("plan", plan));
    api.coordinator.charge(DIGITS, Optional.of(new RoundCost(2, 0.5, 0)));

    JsonObject privacy = api.get(PRIVACY).json();
    JsonObject spent = privacy.getJsonObject("spent");
    JsonObject next = privacy.getJsonObject("nextRound");
    assertThat(privacy.getInteger("roundsCounted")).isEqualTo(1);
    assertThat(spent.getDouble("againstModelConsumers"))
        .isPositive()
        .isLessThan(spent.getDouble("againstCoordinator"));
    assertThat(next.getDouble("noiseMultiplier")).isEqualTo(2);
    assertThat(next.getDouble("samplingRate")).isEqualTo(0.5);
    assertThat(next.getJsonObject("spentAfter").getDouble("againstCoordinator"))
        .isGreaterThan(spent.getDouble("againstCoordinator"));
    assertThat(next.getValue("refusal")).isNull();

    put(new JsonObject().put("epsilon", 2.5).put("delta", 1e-5));
    JsonObject refusal =
        api.get(PRIVACY).json().getJsonObject("nextRound").getJsonObject("refusal");
    assertThat(refusal.getString("reason")).isEqualTo("EPSILON_EXHAUSTED");
    assertThat(refusal.getString("detail")).contains("is left");
  }

  @Test
  void afterARoundWithoutNoiseNothingIsPromised() {
    api.coordinator.charge(DIGITS, Optional.empty());
    JsonObject privacy = api.get(PRIVACY).json();
    assertThat(privacy.getInteger("roundsWithoutNoise")).isEqualTo(1);
    assertThat(privacy.getJsonObject("spent").getValue("againstCoordinator")).isNull();
    assertThat(privacy.getJsonObject("spent").getValue("againstModelConsumers")).isNull();
  }

  @Test
  void budgetsThatMakeNoSenseAreRefused() {
    for (JsonObject budget :
        new JsonArray()
                .add(new JsonObject().put("epsilon", 0).put("delta", 1e-5))
                .add(new JsonObject().put("epsilon", 1).put("delta", 1))
                .add(new JsonObject().put("epsilon", 1))
                .add(
                    new JsonObject().put("epsilon", 1).put("delta", 1e-5).put("observer", "NOBODY"))
                .stream()
                .map(JsonObject.class::cast)
                .toList()) {
      assertThat(put(budget).status()).as(budget.encode()).isEqualTo(400);
    }
    assertThat(api.get("/api/v1/models/none/privacy").status()).isEqualTo(404);
  }

  private static AdminApi.Answer put(JsonObject budget) {
    return api.send(
        api.request(PRIVACY + "/budget")
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(budget.encode())));
  }
}
