package io.covey.models.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The demo's model: what was committed is what its script made, and it has the promised form. */
class DigitsModelTest {

  /** Surefire runs each module's tests in the module's own directory. */
  private static final Path DEMO_MODELS =
      Path.of("../simulator/src/main/resources/io/covey/simulator/models");

  private final byte[] file = Fixtures.bytes("digits.tflite");

  @Test
  void digestIsTheCommittedOneHereAndInTheDemo() throws IOException, NoSuchAlgorithmException {
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));
    String expected = digest + "  digits.tflite\n";
    assertThat(Fixtures.text("digits.tflite.sha256")).isEqualTo(expected);
    assertThat(DEMO_MODELS.resolve("digits.tflite")).hasBinaryContent(file);
    assertThat(Files.readString(DEMO_MODELS.resolve("digits.tflite.sha256"))).isEqualTo(expected);
  }

  @Test
  void holdsBuiltinOperatorsOnly() {
    ModelGraph graph = ModelGraph.read(file, ModelLimits.DEFAULT);
    assertThat(graph.subgraphs()).hasSize(6);
    assertThat(graph.subgraphs())
        .flatExtracting(Subgraph::operators)
        .hasSizeGreaterThan(60)
        .allSatisfy(
            operator -> {
              assertThat(operator.customName()).isNull();
              assertThat(operator.code()).isNotEqualTo(Builtin.CUSTOM);
            });
    graph.check(ModelLimits.DEFAULT);
  }

  @Test
  void signaturesAreThePromisedOnes() {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file)) {
      assertThat(model.signatures())
          .extracting(Signature::toString)
          .containsExactly(
              "evaluate(x FLOAT32[?, 64], y FLOAT32[?, 10])"
                  + " -> (correct FLOAT32[], count FLOAT32[], loss_sum FLOAT32[])",
              "infer(x FLOAT32[?, 64]) -> (logits FLOAT32[?, 10])",
              "parameters() -> (w00 FLOAT32[64, 32], w01 FLOAT32[32], w02 FLOAT32[32, 10],"
                  + " w03 FLOAT32[10])",
              "restore(w00 FLOAT32[64, 32], w01 FLOAT32[32], w02 FLOAT32[32, 10],"
                  + " w03 FLOAT32[10]) -> (ok INT32[])",
              "train(learning_rate FLOAT32[], x FLOAT32[?, 64], y FLOAT32[?, 10])"
                  + " -> (loss FLOAT32[])");
      assertThat(model.inferenceSignature().name()).isEqualTo("infer");
      assertThat(model.isTrainable()).isTrue();
      assertThat(model.isInitialised()).isTrue();
      assertThat(model.sizeBytes()).isEqualTo(file.length);
      ParameterLayout layout = model.parameterLayout().orElseThrow();
      assertThat(layout.size()).isEqualTo(64 * 32 + 32 + 32 * 10 + 10);
      assertThat(layout.parameters())
          .extracting(ParameterLayout.Parameter::offset)
          .containsExactly(0, 2048, 2080, 2400);
    }
  }
}
