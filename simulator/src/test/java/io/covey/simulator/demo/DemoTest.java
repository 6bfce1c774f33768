package io.covey.simulator.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
            "broker",
            "transport",
            "updatesMasked",
            "modelEncrypted",
            "mutualTls",
            "elapsedSeconds");
    assertThat(json.get("agents").asInt()).isEqualTo(5);
    assertThat(json.get("roundsCompleted").asInt()).isEqualTo(3);
    assertThat(json.get("accuracyAfter").asDouble())
        .isGreaterThan(json.get("accuracyBefore").asDouble() + 0.3);
    assertThat(json.get("inferencesServed").asInt())
        .isPositive()
        .isEqualTo(json.get("inferencesAgreeing").asInt());
    assertThat(json.get("bytesUp").asLong()).isPositive();
    // 25 KB of graph for each of five agents at least.
    assertThat(json.get("bytesDown").asLong()).isGreaterThan(5 * 25_000L);
    assertThat(json.get("updatesMasked").asBoolean()).isTrue();
    assertThat(json.get("modelEncrypted").asBoolean()).isFalse();
    assertThat(json.get("mutualTls").asBoolean()).isFalse();
    assertThat(shown.toString(StandardCharsets.UTF_8))
        .contains("Accuracy on held-out digits", "NOT YET", "it is labelled");
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
