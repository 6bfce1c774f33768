package io.covey.models.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.data.FloatArray;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Quantization;
import io.covey.models.graph.TensorType;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantized models against those of TensorFlow's converter, calibrated on the same examples. */
class StockQuantizationTest {

  private static final String FULL = "stock-full-int8.tflite";
  private static final String FULL_OUTPUT = "stock-full-int8.f32";
  private static final String DYNAMIC = "stock-dynamic-int8.tflite";

  /** Has SQRT on bytes, which our runtime does not know: TensorFlow's answer stands for it. */
  private static final String YOUNGER = "op-exponentials";

  /** Its rows depend on each other; the converter was given all of them at once. */
  private static final String ROWS_DEPEND = "op-batch-normalization-by-hand";

  /** How much of the stock model's distance to the float one may be added to it. */
  private static final double SLACK = 1.25;

  static List<Path> all() throws IOException {
    return Fixture.directories();
  }

  static List<Path> wronglyCalibrated() throws IOException {
    return with(StockRanges.FILE);
  }

  static List<Path> wronglyCalibratedOneByOne() throws IOException {
    return wronglyCalibrated().stream()
        .filter(directory -> !directory.endsWith(ROWS_DEPEND))
        .toList();
  }

  static List<Path> answeredByTensorFlow() throws IOException {
    return with(FULL_OUTPUT);
  }

  static List<Path> dynamicRange() throws IOException {
    return with(DYNAMIC);
  }

  private static List<Path> with(String file) throws IOException {
    return Fixture.directories().stream()
        .filter(directory -> Files.exists(directory.resolve(file)))
        .toList();
  }

  /** With the ranges that the converter had, right or wrong. */
  @ParameterizedTest
  @MethodSource("all")
  void fullIntegerOutputsAreWithinOneStepOfTheStockOnes(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    FloatArray x = fixture.reference().x();
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    CalibrationRanges ranges = StockRanges.read(directory).putInto(Calibrator.measure(plain, x));
    byte[] own = Quantizer.quantize(plain, QuantizationMode.FULL_INTEGER, ranges).write();
    byte[] stock = Files.readAllBytes(directory.resolve(FULL));
    float step = outputScale(stock);
    float[] expected =
        directory.endsWith(YOUNGER) ? stockAnswers(directory) : ModelAnswers.of(stock, x);
    float[] actual = ModelAnswers.of(own, x);
    int close = 0;
    for (int i = 0; i < expected.length; i++) {
      close += Math.abs(expected[i] - actual[i]) <= step * 1.001f ? 1 : 0;
    }
    assertThat((double) close / expected.length)
        .as("of %d outputs of %s within %s", expected.length, directory, step)
        .isGreaterThanOrEqualTo(0.999);
  }

  /**
   * Its kernels round elsewhere than XNNPACK's, which our runtime uses: on average less than a
   * step.
   */
  @ParameterizedTest
  @MethodSource("answeredByTensorFlow")
  void fullIntegerOutputsAreCloseToWhatTensorFlowAnswersWithTheStockModel(Path directory)
      throws IOException {
    Fixture fixture = Fixture.read(directory);
    FloatArray x = fixture.reference().x();
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    CalibrationRanges ranges = StockRanges.read(directory).putInto(Calibrator.measure(plain, x));
    byte[] own = Quantizer.quantize(plain, QuantizationMode.FULL_INTEGER, ranges).write();
    float[] expected = stockAnswers(directory);
    float step = outputScale(Files.readAllBytes(directory.resolve(FULL)));
    assertThat(distance(ModelAnswers.of(own, x), expected) / expected.length).isLessThan(step);
  }

  /**
   * Where the converter's ranges are wrong, its own output is no measure: the float one is. Outputs
   * of few values lie a little closer or further by chance: half a step, by the last rounding.
   */
  @ParameterizedTest
  @MethodSource("wronglyCalibrated")
  void exactRangesBringOutputsAsCloseToFloatAsTheStockOnes(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    FloatArray x = fixture.reference().x();
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    CalibrationRanges ranges = Calibrator.measure(plain, x);
    if (directory.endsWith(ROWS_DEPEND)) {
      ranges = StockRanges.read(directory).putInto(ranges);
    }
    byte[] own = Quantizer.quantize(plain, QuantizationMode.FULL_INTEGER, ranges).write();
    float[] exact = fixture.reference().output().toArray();
    double chance = outputScale(Files.readAllBytes(directory.resolve(FULL))) / 2 * exact.length;
    assertThat(distance(ModelAnswers.of(own, x), exact))
        .isLessThan(SLACK * distance(stockAnswers(directory), exact) + chance);
  }

  /** Of tensors whose rows do not depend on each other: one after the other has the same values. */
  @ParameterizedTest
  @MethodSource("wronglyCalibratedOneByOne")
  void rangesAreThoseOfAnInterpreterThatKeepsAllValues(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    CalibrationRanges ranges = Calibrator.measure(plain, fixture.reference().x());
    for (StockRanges.Entry entry : StockRanges.read(directory).entries()) {
      ValueRange own = ranges.of(entry.tensor());
      assertThat(own).as("tensor %d", entry.tensor()).isNotNull();
      float size = Math.max(Math.abs(own.smallest()), Math.abs(own.largest()));
      assertThat(own.smallest()).isCloseTo(entry.exact().smallest(), within(1e-5f * size));
      assertThat(own.largest()).isCloseTo(entry.exact().largest(), within(1e-5f * size));
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((double) a[i] - b[i]);
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("dynamicRange")
  void dynamicRangeOutputsAreTheStockOnes(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    byte[] own = Quantizer.quantize(plain, QuantizationMode.DYNAMIC_RANGE, null).write();
    byte[] stock = Files.readAllBytes(directory.resolve(DYNAMIC));
    float[] expected = ModelAnswers.of(stock, fixture.reference().x());
    float[] actual = ModelAnswers.of(own, fixture.reference().x());
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-4f));
    }
    assertThat(own.length).isLessThan(fixture.model().length + 64);
  }

  @ParameterizedTest
  @MethodSource("all")
  void halfFloatsAnswerAlmostAsFloatsDo(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    byte[] own = Quantizer.quantize(plain, QuantizationMode.FLOAT16, null).write();
    QuantizationReport report =
        QuantizationReport.compare(fixture.model(), own, fixture.reference().x(), null);
    assertThat(report.largestError()).as("%s", report).isLessThan(2e-3);
    assertThat(report.tensors())
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error.relative()).isLessThan(0x1p-11));
  }

  /** What TensorFlow's own interpreter answers with the stock model. */
  private static float[] stockAnswers(Path directory) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(directory.resolve(FULL_OUTPUT)))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] outputs = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(outputs);
    return outputs;
  }

  private static float outputScale(byte[] file) {
    ModelGraph graph = ModelGraph.read(file, ModelLimits.DEFAULT);
    List<GraphTensor> tensors = graph.main().tensors();
    int last = graph.main().operators().get(graph.main().operators().size() - 1).inputs().get(0);
    Quantization quantization = tensors.get(last).quantization();
    assertThat(tensors.get(last).type()).isEqualTo(TensorType.INT8);
    assertThat(quantization).isNotNull();
    return quantization.scales().get(0);
  }
}
