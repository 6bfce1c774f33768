package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.training.SampleMaker.Made;
import io.covey.coordinator.training.SampleMaker.Served;
import io.covey.coordinator.training.SampleMaker.Source;
import io.covey.models.data.ArrayShape;
import io.covey.models.data.FloatArray;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.samples.ExpectedOutputs;
import io.covey.models.samples.NamedTensors;
import io.covey.models.samples.SampleFile;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SampleMakerTest {
  private static final int FEATURES = 64;

  private final SampleMaker maker = new SampleMaker(ModelRuntime.tensorFlowLite());

  private static Served digits(long seed) {
    byte[] graph = CoordinatorUnderTest.digits();
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(graph);
        TrainingSession session = loaded.openTraining()) {
      float[] weights = WeightInitializer.initialise(session.layout(), new SplittableRandom(seed));
      return new Served("digits", graph, Optional.of(weights));
    }
  }

  private static FloatArray calibration() {
    float[] values = new float[20 * FEATURES];
    for (int i = 0; i < values.length; i++) {
      values[i] = 5 + (i % 7) / 3f;
    }
    return FloatArray.of(new ArrayShape(List.of(20, FEATURES)), values);
  }

  private static float[] input(NamedTensors sample) {
    return Objects.requireNonNull(sample.tensors().get("x")).toFloats();
  }

  @Test
  void inputsStayTheSameFromVersionToVersionAndAnswersTellVersionsApart() {
    Made one = maker.make(digits(1), Source.NONE).orElseThrow();
    Made two = maker.make(digits(2), Source.NONE).orElseThrow();
    assertThat(two.inputs()).isEqualTo(one.inputs());
    assertThat(SampleFile.read(one.inputs())).hasSize(8);
    ExpectedOutputs expected = new ExpectedOutputs(SampleFile.read(one.outputs()));
    assertThat(
            expected.objection(SampleFile.read(two.outputs()), ExpectedOutputs.DEFAULT_TOLERANCE))
        .isPresent();
    Made again = maker.make(digits(1), Source.NONE).orElseThrow();
    assertThat(
            expected.objection(SampleFile.read(again.outputs()), ExpectedOutputs.DEFAULT_TOLERANCE))
        .isEmpty();
  }

  @Test
  void inputsAreDrawnFromWhereCalibrationSamplesLieAndNoneOfThemGoesOut() {
    Source source = new Source(Optional.of(calibration()), ModelTask.SelfTest.DEFAULT);
    List<NamedTensors> inputs =
        SampleFile.read(maker.make(digits(1), source).orElseThrow().inputs());
    assertThat(inputs).hasSize(8);
    for (NamedTensors sample : inputs) {
      for (float value : input(sample)) {
        assertThat(value).isBetween(5f, 7f);
      }
      assertThat(input(sample)).isNotEqualTo(Arrays.copyOf(calibration().toArray(), FEATURES));
    }
  }

  @Test
  void asManyOfTheOwnersSamplesGoOutAsTheTaskAllows() {
    Source source = new Source(Optional.of(calibration()), new ModelTask.SelfTest(3, 0.05));
    List<NamedTensors> inputs =
        SampleFile.read(maker.make(digits(1), source).orElseThrow().inputs());
    assertThat(inputs).hasSize(8);
    float[] all = calibration().toArray();
    for (int i = 0; i < 4; i++) {
      float[] row = Arrays.copyOfRange(all, i * FEATURES, (i + 1) * FEATURES);
      assertThat(Arrays.equals(input(inputs.get(i)), row)).as("sample " + i).isEqualTo(i < 3);
      Tensor tensor = Objects.requireNonNull(inputs.get(i).tensors().get("x"));
      assertThat(tensor.shape()).containsExactly(1, FEATURES);
    }
    Source most = new Source(Optional.of(calibration()), new ModelTask.SelfTest(16, 0.05));
    assertThat(SampleFile.read(maker.make(digits(1), most).orElseThrow().inputs())).hasSize(16);
  }

  @Test
  void aModelThatAnswersNoNumbersAndAFileThatIsNoneGoWithout() {
    Served digits = digits(1);
    float[] broken = digits.weights().orElseThrow().clone();
    Arrays.fill(broken, Float.NaN);
    assertThat(maker.make(new Served("digits", digits.file(), Optional.of(broken)), Source.NONE))
        .isEmpty();
    assertThat(maker.make(new Served("none", new byte[] {1, 2}, Optional.empty()), Source.NONE))
        .isEmpty();
  }
}
