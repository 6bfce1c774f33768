package io.covey.benchmarks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.benchmarks.BenchCommand;
import io.covey.protocols.launch.CommandFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** On a plain model of 8x8 images, 64 to 32 to 10; seed 1. */
class TrainingCommandTest {
  private static final int FEATURES = 64;

  private final StringWriter errors = new StringWriter();

  @TempDir private Path folder = Path.of("");

  private Path model = Path.of("");

  @BeforeEach
  void writeModel() throws IOException {
    model = folder.resolve("plain.tflite");
    try (InputStream in = TrainingCommandTest.class.getResourceAsStream("plain-mlp.tflite")) {
      Files.copy(Objects.requireNonNull(in), model);
    }
  }

  private int run(String arguments) {
    CommandLine line = new CommandLine(new BenchCommand());
    line.setErr(new PrintWriter(errors));
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println(failure.getMessage());
          return failure instanceof CommandFailedException expected
              ? expected.exitCode().code()
              : -1;
        });
    return line.execute(("training " + arguments).split(" "));
  }

  private JsonNode measured(String arguments) throws IOException {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(run("--model " + model + " --json " + arguments)).as("%s", errors).isZero();
    } finally {
      System.setOut(before);
    }
    return new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
  }

  @Test
  void stepsOnOneBatchBringTheLossDown() throws IOException {
    JsonNode result = measured("--batch 4 --warm-up 5 --steps 30 --rate 0.1");
    assertThat(result.get("batch").asInt()).isEqualTo(4);
    assertThat(result.get("steps").asInt()).isEqualTo(30);
    assertThat(result.get("elapsedMicros").asDouble()).isPositive();
    assertThat(result.get("lastLoss").asDouble())
        .isLessThan(0.5 * result.get("firstLoss").asDouble());
  }

  @Test
  void givenExamplesAreTrainedOnInsteadOfRandomOnes() throws IOException {
    Path data = writeExamples(3, FEATURES);
    JsonNode given = measured("--batch 2 --steps 1 --warm-up 1 --data " + data);
    JsonNode random = measured("--batch 2 --steps 1 --warm-up 1");
    // Of black images the biases alone, zero as yet, give the probabilities: each a tenth.
    assertThat(given.get("firstLoss").asDouble()).isBetween(2.302, 2.303);
    assertThat(random.get("firstLoss").asDouble()).isNotCloseTo(2.3026, within(0.001));
  }

  @Test
  void tooFewExamplesAreRefusedWithBothNumbers() throws IOException {
    Path data = writeExamples(3, FEATURES);
    assertThat(run("--model " + model + " --batch 4 --data " + data)).isEqualTo(2);
    assertThat(errors.toString()).contains("has 3 examples", "at least 4 examples of 64 values");
  }

  @Test
  void examplesOfAnotherSizeAreRefused() throws IOException {
    Path data = writeExamples(3, FEATURES - 1);
    assertThat(run("--model " + model + " --batch 2 --data " + data)).isEqualTo(2);
    assertThat(errors.toString()).contains("at least 2 examples of 64 values");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--batch 0 | --batch is 0; give 1 to 65536",
        "--steps 0 | --steps is 0; give 1 to 10000000",
        "--warm-up 0 | --warm-up is 0; give 1 to 10000000",
        "--rate 0 | --rate is 0.0; give a number above 0",
        "--rate NaN | --rate is NaN; give a number above 0",
        "--model absent.tflite | cannot read absent.tflite; give the path",
      })
  void whatCannotBeIsRefused(String arguments, String complaint) {
    String options = arguments.startsWith("--model") ? "" : "--model " + model + " ";
    assertThat(run(options + arguments)).isEqualTo(2);
    assertThat(errors.toString()).contains(complaint);
  }

  @Test
  void aDamagedModelIsRefusedByItsName() throws IOException {
    Files.write(model, new byte[100]);
    assertThat(run("--model " + model)).isEqualTo(1);
    assertThat(errors.toString()).contains("plain.tflite: ");
  }

  /** Black images of the class 3. */
  private Path writeExamples(int rows, int features) throws IOException {
    Path file = folder.resolve("examples.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(npy("<f4", rows + ", " + features, new byte[rows * features * Float.BYTES]));
      zip.putNextEntry(new ZipEntry("y.npy"));
      ByteBuffer labels = ByteBuffer.allocate(rows * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < rows; i++) {
        labels.putInt(3);
      }
      zip.write(npy("<i4", rows + ",", labels.array()));
    }
    return file;
  }

  private static byte[] npy(String type, String shape, byte[] data) {
    String header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }\n";
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    byte[] magic = "\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1);
    return ByteBuffer.allocate(magic.length + Short.BYTES + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(magic)
        .putShort((short) text.length)
        .put(text)
        .put(data)
        .array();
  }
}
