package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.accounting.NoisePlanner;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.simulator.report.Glyphs;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole main job on a real broker, a real database and real TensorFlow Lite. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class DemoTest {

  @Test
  void aFleetLearnsServesAndSaysWhatATapCouldRead() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
    DemoOptions options = new DemoOptions(5, 3, 4, 1, Optional.empty());
    JsonNode json;
    try (Demo demo = Demo.start(options, new DemoDisplay(out, Glyphs.UNICODE), System.nanoTime())) {
      DemoResult result = demo.run();
      assertThat(result.complete()).isTrue();
      json = new ObjectMapper().readTree(result.toJson());
    }
    List<String> fields = new ArrayList<>();
    json.fieldNames().forEachRemaining(fields::add);
    assertThat(fields)
        .containsExactly(
            "agents",
            "rounds",
            "roundsCompleted",
            "accuracyBefore",
            "accuracyAfter",
            "bytesDown",
            "bytesUp",
            "inferencesServed",
            "inferencesAgreeing",
            "servedForm",
            "servedBytes",
            "floatBytes",
            "agreementWithFloat",
            "broker",
            "transport",
            "updatesMasked",
            "modelEncrypted",
            "mutualTls",
            "enrolledAgents",
            "epsilon",
            "delta",
            "noiseMultiplier",
            "elapsedSeconds");
    assertThat(json.get("epsilon").isNull()).isTrue();
    assertThat(json.get("noiseMultiplier").isNull()).isTrue();
    assertThat(json.get("agents").asInt()).isEqualTo(5);
    assertThat(json.get("roundsCompleted").asInt()).isEqualTo(3);
    assertThat(json.get("accuracyAfter").asDouble())
        .isGreaterThan(json.get("accuracyBefore").asDouble() + 0.3);
    assertThat(json.get("inferencesServed").asInt())
        .isPositive()
        .isEqualTo(json.get("inferencesAgreeing").asInt());
    assertThat(json.get("bytesUp").asLong()).isPositive();
    assertThat(json.get("servedForm").asText()).isEqualTo("INT8");
    assertThat(json.get("servedBytes").asLong())
        .isPositive()
        .isLessThan(json.get("floatBytes").asLong());
    assertThat(json.get("agreementWithFloat").asDouble()).isBetween(0.98, 1.0);
    // The trainable graph for each of five agents at least.
    assertThat(json.get("bytesDown").asLong()).isGreaterThan(5 * 25_000L);
    assertThat(json.get("updatesMasked").asBoolean()).isTrue();
    assertThat(json.get("modelEncrypted").asBoolean()).isTrue();
    assertThat(json.get("mutualTls").asBoolean()).isTrue();
    assertThat(json.get("enrolledAgents").asInt()).isEqualTo(5);
    assertThat(json.get("transport").asText()).isEqualTo("mqtt5-tls");
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains("Accuracy on held-out digits", "it is labelled")
        .doesNotContain("NOT YET");
  }

  @Test
  void aPrivateDemoSpendsNoMoreThanItsBudgetAndWarnsThatSoFewAgentsDrown() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
    DemoPrivacy privacy = new DemoPrivacy(new PrivacyBudget(8, 1e-4));
    DemoOptions options = new DemoOptions(5, 2, 5, 1, Optional.empty(), Optional.of(privacy));
    try (Demo demo = Demo.start(options, new DemoDisplay(out, Glyphs.UNICODE), System.nanoTime())) {
      DemoResult result = demo.run();
      assertThat(result.complete()).isTrue();
      DemoResult.Privacy spent = result.privacy().orElseThrow();
      assertThat(spent.epsilon()).isBetween(7.0, 8.0);
      assertThat(spent.delta()).isEqualTo(1e-4);
      JsonNode json = new ObjectMapper().readTree(result.toJson());
      assertThat(json.get("epsilon").asDouble()).isEqualTo(spent.epsilon());
      assertThat(json.get("delta").asDouble()).isEqualTo(1e-4);
      assertThat(json.get("noiseMultiplier").asDouble()).isEqualTo(spent.noiseMultiplier());
    }
    assertThat(shown.toString(StandardCharsets.UTF_8)).contains("will drown it", "is spent");
  }

  @Test
  void theUsualPrivateDemoIsWithinItsBudgetAndNotWarnedAbout() {
    DemoPrivacy privacy = new DemoPrivacy(new PrivacyBudget(8, DemoPrivacy.USUAL_DELTA));
    DemoOptions usual =
        new DemoOptions(
            DemoPrivacy.USUAL_AGENTS,
            DemoPrivacy.USUAL_ROUNDS,
            DemoPrivacy.USUAL_AGENTS,
            1,
            Optional.empty(),
            Optional.of(privacy));
    TrainingPlan plan = usual.plan();
    assertThat(privacy.warning(usual, DemoModel.PARAMETERS, plan.minimumHonest())).isEmpty();
    double multiplier = privacy.noiseMultiplier(DemoPrivacy.USUAL_ROUNDS);
    NoisePlanner planner = new NoisePlanner(Observer.COORDINATOR, 1, DemoPrivacy.USUAL_ROUNDS);
    assertThat(planner.ledger(multiplier).spent(Observer.COORDINATOR, DemoPrivacy.USUAL_DELTA))
        .isBetween(7.9, 8.0);
    assertThat(plan.privacy().orElseThrow().noiseMultiplier()).isEqualTo(multiplier);
  }

  @Test
  void whatCannotWorkIsRefusedBeforeAnythingIsBegun() {
    assertThatThrownBy(() -> new DemoOptions(1, 3, 1, 1, Optional.empty()))
        .hasMessageContaining("--agents is 1");
    assertThatThrownBy(() -> new DemoOptions(5, 3, 6, 1, Optional.empty()))
        .hasMessageContaining("--cohort is 6");
    assertThatThrownBy(() -> new DemoOptions(5, 0, 2, 1, Optional.empty()))
        .hasMessageContaining("--rounds is 0");
  }
}
