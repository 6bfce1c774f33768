package io.covey.edgeagent.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Passed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.models.graph.ModelException;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.samples.NamedTensors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ModelTrialTest {
  private final ToyRuntime runtime = new ToyRuntime();

  private ServableModel toy(float weight) {
    return ServableModel.load(runtime, ToyRuntime.file(2, 3, weight), Optional.empty());
  }

  @AfterEach
  void nothingStaysOpen() {
    assertThat(runtime.openSessions()).isZero();
  }

  @Test
  void aModelPassesWithADigestOfItsOutputs() {
    SelfTestResult one = ModelTrial.run(toy(1), Optional.empty());
    SelfTestResult again = ModelTrial.run(toy(1), Optional.empty());
    SelfTestResult other = ModelTrial.run(toy(2), Optional.empty());
    assertThat(((Passed) one).outputs()).isEqualTo(((Passed) again).outputs());
    assertThat(((Passed) one).outputs()).isNotEqualTo(((Passed) other).outputs());
  }

  @Test
  void valuesThatAreNoNumbersFail() {
    assertThat(ModelTrial.run(toy(Float.NaN), Optional.empty()))
        .isEqualTo(new Failed(Reason.NOT_FINITE, "output 'logits': element 0 is NaN"));
    // Zeros times infinity are no numbers either; ones are.
    assertThat(ModelTrial.run(toy(Float.POSITIVE_INFINITY), Optional.empty()))
        .isInstanceOf(Failed.class);
  }

  @Test
  void theSamplesOfAReleaseAreWhatIsRun() {
    ReleasedSamples right = samples(List.of(inputs(1, 2)), List.of(answers(toy(1), 1, 2)), 0);
    assertThat(ModelTrial.run(toy(1), Optional.of(right))).isInstanceOf(Passed.class);
    assertThat(ModelTrial.run(toy(1.5f), Optional.of(right)))
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.reason()).isEqualTo(Reason.WRONG_ANSWERS);
              assertThat(failed.detail())
                  .startsWith("sample 0, output 'logits': value 0 is 4.50000, expected 3.00000");
            });
  }

  @Test
  void answersMayBeAsFarAwayAsTheReleaseSays() {
    NamedTensors near = answers(toy(1.01f), 1, 2);
    assertThat(
            ModelTrial.run(
                toy(1), Optional.of(samples(List.of(inputs(1, 2)), List.of(near), 0.02))))
        .isInstanceOf(Passed.class);
    assertThat(
            ModelTrial.run(
                toy(1), Optional.of(samples(List.of(inputs(1, 2)), List.of(near), 0.005))))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.WRONG_ANSWERS));
  }

  @Test
  void whatIsExpectedToBeNoNumberIsNeverRight() {
    NamedTensors none =
        NamedTensors.of(
            Map.of("logits", Tensor.ofFloats(List.of(1, 3), Float.NaN, Float.NaN, Float.NaN)));
    assertThat(
            ModelTrial.run(toy(1), Optional.of(samples(List.of(inputs(1, 2)), List.of(none), 1))))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.WRONG_ANSWERS));
  }

  @Test
  void samplesOfAnotherModelAreRefusedBeforeAnythingRuns() {
    runtime.beforeRun(
        () -> {
          throw new AssertionError("nothing is to run");
        });
    NamedTensors any = NamedTensors.of(Map.of("logits", Tensor.ofFloats(List.of(1), 1)));
    for (NamedTensors misfit :
        List.of(
            inputs(1, 2, 3),
            NamedTensors.of(Map.of("y", Tensor.ofFloats(List.of(1, 2), 1, 2))),
            NamedTensors.of(Map.of("x", Tensor.ofInts(List.of(1, 2), 1, 2))))) {
      assertThat(
              ModelTrial.run(
                  toy(1),
                  Optional.of(samples(List.of(inputs(1, 2), misfit), List.of(any, any), 1))))
          .isInstanceOfSatisfying(
              Failed.class,
              failed -> {
                assertThat(failed.reason()).isEqualTo(Reason.REFUSED);
                assertThat(failed.detail()).startsWith("the sample inputs do not fit the model");
              });
    }
  }

  private static ReleasedSamples samples(
      List<NamedTensors> inputs, List<NamedTensors> expected, double tolerance) {
    return new ReleasedSamples(inputs, expected, tolerance);
  }

  private static NamedTensors inputs(float... values) {
    return NamedTensors.of(Map.of("x", Tensor.ofFloats(List.of(1, values.length), values)));
  }

  private static NamedTensors answers(ServableModel model, float... values) {
    try (InferenceSession session = model.newSession()) {
      return NamedTensors.of(session.run(inputs(values).tensors()));
    }
  }

  @Test
  void aRunThatFailsIsRefused() {
    runtime.beforeRun(
        () -> {
          throw new ModelException(ModelException.Reason.EXECUTION_FAILED, "no kernel");
        });
    assertThat(ModelTrial.run(toy(1), Optional.empty()))
        .isEqualTo(new Failed(Reason.REFUSED, "no kernel"));
  }

  @Test
  void outputsThatChangeFromRunToRunFail() {
    AtomicInteger runs = new AtomicInteger();
    ServableModel model = toy(1);
    runtime.drift(() -> runs.incrementAndGet());
    assertThat(ModelTrial.run(model, Optional.empty()))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.OUTPUTS_DIFFER));
  }

  @Test
  void generatedInputsHaveTheShapesAndRangesOfTheSignature() throws Exception {
    Signature signature =
        new Signature(
            "infer",
            List.of(
                new TensorSpec("f", ElementType.FLOAT32, List.of(TensorSpec.ANY, 50)),
                new TensorSpec("i", ElementType.INT32, List.of(4)),
                new TensorSpec("u", ElementType.UINT8, List.of(TensorSpec.ANY, 50))),
            List.of());
    List<NamedTensors> samples = GeneratedInputs.of(signature);
    assertThat(samples).hasSize(2);
    Tensor zeros = Objects.requireNonNull(samples.get(0).tensors().get("f"));
    assertThat(zeros.toFloats()).containsOnly(0f).hasSize(50);
    Map<String, Tensor> drawn = samples.get(1).tensors();
    float[] floats = Objects.requireNonNull(drawn.get("f")).toFloats();
    assertThat(floats).hasSize(50).doesNotHaveDuplicates();
    for (float value : floats) {
      assertThat(value).isBetween(0f, Math.nextDown(1f));
    }
    Tensor indices = Objects.requireNonNull(drawn.get("i"));
    assertThat(indices.longAt(3)).isZero();
    assertThat(Objects.requireNonNull(drawn.get("u")).shape()).containsExactly(1, 50);
    assertThat(GeneratedInputs.of(signature).get(1).tensors().get("f"))
        .isNotNull()
        .satisfies(again -> assertThat(again.toFloats()).isEqualTo(floats));
  }

  @Test
  void anInputBeyondAllBoundsIsRefusedBeforeItIsMade() {
    TensorSpec huge =
        new TensorSpec("x", ElementType.FLOAT32, List.of(TensorSpec.ANY, 1 << 30, 1 << 30));
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> GeneratedInputs.of(new Signature("infer", List.of(huge), List.of()))))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("takes more than 268435456 bytes");
  }
}
