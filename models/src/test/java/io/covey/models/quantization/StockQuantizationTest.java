package io.covey.models.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.covey.models.data.FloatArray;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Quantization;
import io.covey.models.graph.TensorType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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
    System.out.println("STARTED " + directory);
    float[] expected = stockOutputs(directory);
    float[] actual = outputs(own, x);
    int close = 0;
    for (int i = 0; i < expected.length; i++) {
      close += Math.abs(expected[i] - actual[i]) <= step * 1.001f ? 1 : 0;
    }
    assertThat((double) close / expected.length)
        .as("of %d outputs of %s within %s", expected.length, directory, step)
        .isGreaterThanOrEqualTo(0.999);
  }

  /** Where the converter's ranges are wrong, its own output is no measure: the float one is. */
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
    assertThat(distance(outputs(own, x), exact))
        .isLessThan(SLACK * distance(stockOutputs(directory), exact));
  }

  @ParameterizedTest
  @MethodSource("wronglyCalibrated")
  void rangesAreThoseOfAnInterpreterThatKeepsAllValues(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    assumeFalse(directory.endsWith(ROWS_DEPEND), "one example after the other has other values");
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
    float[] expected = outputs(stock, fixture.reference().x());
    float[] actual = outputs(own, fixture.reference().x());
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

  /** What TensorFlow answers with the stock model; it knows operators that our runtime does not. */
  private static float[] stockOutputs(Path directory) throws IOException {
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

  private static float[] outputs(byte[] file, FloatArray x) {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file);
        InferenceSession session = model.openInference()) {
      FloatBuffer outputs = FloatBuffer.allocate(1 << 16);
      int count = session.infer(FloatBuffer.wrap(x.toArray()), x.rows(), outputs);
      float[] values = new float[count];
      outputs.flip().get(values);
      return values;
    }
  }
}
