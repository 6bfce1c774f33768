package io.covey.models.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantized models against those of TensorFlow's converter, calibrated on the same examples. */
class StockQuantizationTest {

  private static final String FULL = "stock-full-int8.tflite";

  /**
   * Here the converter's calibration takes the result of a sum for its operand, too, since the sum
   * is computed in place; ranges come out wider than they are, and steps with them.
   */
  private static final String CALIBRATED_IN_PLACE = "resnet-like";

  private static final String DYNAMIC = "stock-dynamic-int8.tflite";

  static List<Path> quantized() throws IOException {
    return Fixture.directories().stream()
        .filter(directory -> Files.exists(directory.resolve(FULL)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("quantized")
  void fullIntegerOutputsAreWithinOneStepOfTheStockOnes(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    FloatArray x = fixture.reference().x();
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    byte[] own =
        Quantizer.quantize(plain, QuantizationMode.FULL_INTEGER, Calibrator.measure(plain, x))
            .write();
    byte[] stock = Files.readAllBytes(directory.resolve(FULL));
    float step = outputScale(stock);
    float[] expected = outputs(stock, x);
    float[] actual = outputs(own, x);
    int close = 0;
    for (int i = 0; i < expected.length; i++) {
      close += Math.abs(expected[i] - actual[i]) <= step * 1.001f ? 1 : 0;
    }
    if (directory.endsWith(CALIBRATED_IN_PLACE)) {
      float[] exact = fixture.reference().output().toArray();
      assertThat(distance(actual, exact)).isLessThan(1.25 * distance(expected, exact));
      return;
    }
    assertThat((double) close / expected.length)
        .as("of %d outputs of %s within %s", expected.length, directory, step)
        .isGreaterThanOrEqualTo(0.999);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((double) a[i] - b[i]);
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("quantized")
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
  @MethodSource("quantized")
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
