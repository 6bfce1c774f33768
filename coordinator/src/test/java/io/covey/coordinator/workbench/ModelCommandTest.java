package io.covey.coordinator.workbench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ModelCommandTest {

  private static final Path FIXTURES =
      Path.of("../models/src/test/resources/io/covey/models/fixtures");
  private static final Path PLAIN = FIXTURES.resolve("digits-cnn/model.tflite");
  private static final Path DIGITS =
      Path.of("../simulator/src/main/resources/io/covey/simulator/data/digits.csv");

  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private @Nullable Exception failure;

  private int run(Object... arguments) {
    out.getBuffer().setLength(0);
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return new CommandLine(new ModelCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(new StringWriter()))
        .setExecutionExceptionHandler(
            (e, commandLine, result) -> {
              failure = e;
              return e instanceof CommandFailedException failed
                  ? failed.exitCode().code()
                  : ExitCode.FAILED.code();
            })
        .execute(words);
  }

  private JsonNode json() throws IOException {
    return new ObjectMapper().readTree(out.toString());
  }

  @Test
  void isFoundByTheLauncher() {
    assertThat(ServiceLoader.load(CoveyCommand.class))
        .anyMatch(command -> command instanceof ModelCommand);
  }

  @Test
  void inspectTellsOperatorsSignaturesAndWhatCanTrain() throws IOException {
    assertThat(run("inspect", PLAIN, "--json")).isZero();
    assertThat(json().get("canTrain").asBoolean()).isTrue();
    assertThat(json().get("parameters")).hasSize(6);
    assertThat(json().get("subgraphs").get(0).get("operators")).hasSize(8);
    assertThat(json().get("signatures").get(0).asText()).startsWith("serving_default(");
  }

  @Test
  void verifyPassesOnTensorFlowsGradients() throws IOException {
    assertThat(run("verify", FIXTURES.resolve("digits-cnn"), "--json")).isZero();
    assertThat(json().get("pass").asBoolean()).isTrue();
    assertThat(json().get("gradientErrorMax").asDouble()).isLessThan(1e-4);
    assertThat(json().get("gradientErrors")).hasSize(6);
    assertThat(json().get("sgdLossErrorMax").asDouble()).isLessThan(1e-3);
    assertThat(json().has("outputError")).isTrue();
    assertThat(json().has("lossError")).isTrue();
  }

  @Test
  void verifyFailsWhenGradientsDiffer() throws IOException {
    Path copy = folder.resolve("fixture");
    Files.createDirectories(copy);
    try (var files = Files.list(FIXTURES.resolve("digits-cnn"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName().toString()));
      }
    }
    byte[] gradient = Files.readAllBytes(copy.resolve("00.grad.f32"));
    // The exponent's lowest bit: twice or half the value.
    gradient[2] ^= (byte) 0x80;
    Files.write(copy.resolve("00.grad.f32"), gradient);
    assertThat(run("verify", copy, "--json")).isEqualTo(ExitCode.FAILED.code());
    assertThat(json().get("pass").asBoolean()).isFalse();
  }

  @Test
  void trainsBakesAndQuantizesDigits() throws IOException {
    Path trained = folder.resolve("trained.tflite");
    Object[] data = {"--label", "label", "--scale", "0.0625"};
    assertThat(
            run(
                "train",
                PLAIN,
                "--data",
                DIGITS,
                data[0],
                data[1],
                data[2],
                data[3],
                "--epochs",
                "8",
                "--optimizer",
                "adam",
                "--rate",
                "0.005",
                "--out",
                trained,
                "--json"))
        .as("%s", failure)
        .isZero();
    assertThat(json().get("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(json().get("losses")).hasSize(8);

    Path baked = folder.resolve("baked.tflite");
    assertThat(run("bake", trained, PLAIN, baked, "--json")).as("%s", failure).isZero();
    Path small = folder.resolve("int8.tflite");
    assertThat(
            run(
                "quantize",
                baked,
                small,
                "--mode",
                "int8",
                "--calibration",
                DIGITS,
                data[0],
                data[1],
                data[2],
                data[3],
                "--json"))
        .as("%s", failure)
        .isZero();
    assertThat(json().get("agreement").asDouble()).isGreaterThan(0.97);
    double lost =
        json().get("floatAccuracy").asDouble() - json().get("quantizedAccuracy").asDouble();
    assertThat(lost).isLessThan(0.005);
    assertThat(json().get("quantizedBytes").asInt()).isLessThan(json().get("floatBytes").asInt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dynamic", "float16"})
  void quantizesWithoutExamples(String mode) throws IOException {
    Path small = folder.resolve(mode + ".tflite");
    assertThat(run("quantize", PLAIN, small, "--mode", mode, "--json")).as("%s", failure).isZero();
    assertThat(json().get("mode").asText()).isEqualTo(mode.toLowerCase(Locale.ROOT));
    assertThat(Files.size(small)).isEqualTo(json().get("quantizedBytes").asLong());
  }

  @Test
  void wholeNumbersWithoutExamplesAreRefused() {
    assertThat(run("quantize", PLAIN, folder.resolve("x"), "--mode", "int8"))
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(failure).hasMessageContaining("--calibration");
  }

  @Test
  void derivesATrainableModelOfTheLastLayer() throws IOException {
    Path trainable = folder.resolve("trainable.tflite");
    assertThat(run("trainable", PLAIN, trainable, "--last-layers", "1", "--json"))
        .as("%s", failure)
        .isZero();
    assertThat(json().get("variables")).hasSize(2);
    assertThat(Files.size(trainable)).isEqualTo(json().get("bytes").asLong());
  }

  @Test
  void aFileThatIsNoModelIsRefusedByName() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no model at all");
    assertThat(run("inspect", text)).isEqualTo(ExitCode.FAILED.code());
    assertThat(failure).hasMessageContaining("notes.txt").hasMessageContaining("TFL3");
  }
}
