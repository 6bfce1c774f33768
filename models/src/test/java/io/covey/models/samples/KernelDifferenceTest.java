package io.covey.models.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.data.FloatArray;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.quantization.Baker;
import io.covey.models.quantization.Calibrator;
import io.covey.models.quantization.QuantizationMode;
import io.covey.models.quantization.Quantizer;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.samples.DrawnInputs.Range;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How far answers of the same file are from each other by XNNPACK's kernels and by TensorFlow
 * Lite's own, which is what tolerances have to allow; and how far those of the next model are,
 * which they must not. Prints what it measures (ADR 28).
 */
class KernelDifferenceTest {
  private static final int SAMPLES = 8;

  static List<Path> models() throws IOException {
    return Fixture.directories().stream()
        .filter(directory -> !directory.getFileName().toString().startsWith("op-"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theDefaultToleranceAllowsForOtherKernelsInEachForm(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    FloatArray x = fixture.reference().x();
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    Map<String, byte[]> forms = new LinkedHashMap<>();
    forms.put("FLOAT32", plain.write());
    forms.put("FLOAT16", Quantizer.quantize(plain, QuantizationMode.FLOAT16, null).write());
    forms.put(
        "DYNAMIC_RANGE", Quantizer.quantize(plain, QuantizationMode.DYNAMIC_RANGE, null).write());
    forms.put(
        "INT8",
        Quantizer.quantize(plain, QuantizationMode.FULL_INTEGER, Calibrator.measure(plain, x))
            .write());
    for (Map.Entry<String, byte[]> form : forms.entrySet()) {
      double[] differences = differences(form.getValue(), range(x));
      System.out.printf(
          Locale.ROOT,
          "%s %s: median %.2g, largest %.2g%n",
          directory.getFileName(),
          form.getKey(),
          differences[SAMPLES / 2],
          differences[SAMPLES - 1]);
      // Samples beyond it are left out; here are enough that are not.
      assertThat(differences[SAMPLES / 2])
          .as("%s in form %s", directory, form.getKey())
          .isLessThan(ExpectedOutputs.DEFAULT_TOLERANCE / 2);
    }
  }

  /** Of each sample, ascending. */
  private static double[] differences(byte[] file, Range range) {
    List<NamedTensors> fast = answers(ModelRuntime.tensorFlowLite(), file, range);
    List<NamedTensors> plain = answers(ModelRuntime.withoutAcceleration(), file, range);
    return IntStream.range(0, SAMPLES)
        .mapToDouble(
            i -> new ExpectedOutputs(List.of(fast.get(i))).largestDifference(List.of(plain.get(i))))
        .sorted()
        .toArray();
  }

  private static List<NamedTensors> answers(ModelRuntime runtime, byte[] file, Range range) {
    try (LoadedModel model = runtime.load(file);
        InferenceSession session = model.openInference()) {
      DrawnInputs inputs = new DrawnInputs(session.signature(), range, SampleFile.MAXIMUM_BYTES);
      List<NamedTensors> answers = new ArrayList<>();
      for (int i = 0; i < SAMPLES; i++) {
        answers.add(NamedTensors.of(session.run(inputs.drawn(i).tensors())));
      }
      return answers;
    }
  }

  private static Range range(FloatArray x) {
    float[] values = x.toArray();
    float low = values[0];
    float high = values[0];
    for (float value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return new Range(low, high);
  }

  @ParameterizedTest
  @MethodSource("models")
  void anotherModelOfTheSameShapeIsToldApart(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    byte[] file = fixture.model();
    Range range = range(fixture.reference().x());
    List<NamedTensors> answers = answers(ModelRuntime.tensorFlowLite(), file, range);
    List<NamedTensors> others = answers(ModelRuntime.tensorFlowLite(), negated(fixture), range);
    ExpectedOutputs expected = new ExpectedOutputs(answers);
    System.out.printf(
        Locale.ROOT,
        "%s with other weights: %.2g%n",
        directory.getFileName(),
        expected.largestDifference(others));
    assertThat(expected.objection(others, ExpectedOutputs.DEFAULT_TOLERANCE)).isPresent();
  }

  /** All its weights with the other sign. */
  private static byte[] negated(Fixture fixture) {
    ModelGraph plain = ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
    TrainableModel trainable =
        Differentiator.derive(plain, TrainingRecipe.DEFAULT.with(fixture.reference().loss()));
    float[] values = trainable.initialValues();
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
    return Baker.bake(plain, trainable.variables(), values).write();
  }
}
