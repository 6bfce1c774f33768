package io.covey.edgeagent.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Passed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.models.graph.ModelException;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
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
    SelfTestResult one = ModelTrial.run(toy(1), List.of());
    SelfTestResult again = ModelTrial.run(toy(1), List.of());
    SelfTestResult other = ModelTrial.run(toy(2), List.of());
    assertThat(((Passed) one).outputs()).isEqualTo(((Passed) again).outputs());
    assertThat(((Passed) one).outputs()).isNotEqualTo(((Passed) other).outputs());
  }

  @Test
  void valuesThatAreNoNumbersFail() {
    assertThat(ModelTrial.run(toy(Float.NaN), List.of()))
        .isEqualTo(new Failed(Reason.NOT_FINITE, "output 'logits': element 0 is NaN"));
    // Zeros times infinity are no numbers either; ones are.
    assertThat(ModelTrial.run(toy(Float.POSITIVE_INFINITY), List.of())).isInstanceOf(Failed.class);
  }

  @Test
  void theSamplesOfAReleaseAreWhatIsRun() {
    Sample fits = Sample.of(Map.of("x", Tensor.ofFloats(List.of(1, 2), 1, 2)));
    assertThat(ModelTrial.run(toy(1), List.of(fits))).isInstanceOf(Passed.class);
    Sample misfits = Sample.of(Map.of("x", Tensor.ofFloats(List.of(1, 3), 1, 2, 3)));
    assertThat(ModelTrial.run(toy(1), List.of(fits, misfits)))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.reason()).isEqualTo(Reason.REFUSED));
  }

  @Test
  void aRunThatFailsIsRefused() {
    runtime.beforeRun(
        () -> {
          throw new ModelException(ModelException.Reason.EXECUTION_FAILED, "no kernel");
        });
    assertThat(ModelTrial.run(toy(1), List.of()))
        .isEqualTo(new Failed(Reason.REFUSED, "no kernel"));
  }

  @Test
  void outputsThatChangeFromRunToRunFail() {
    AtomicInteger runs = new AtomicInteger();
    ServableModel model = toy(1);
    Sample first = Sample.of(Map.of("x", Tensor.ofFloats(List.of(1, 2), 1, 1)));
    runtime.drift(() -> runs.incrementAndGet());
    assertThat(ModelTrial.run(model, List.of(first)))
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
    List<Sample> samples = GeneratedInputs.of(signature);
    assertThat(samples).hasSize(2);
    Tensor zeros = Objects.requireNonNull(samples.get(0).inputs().get("f"));
    assertThat(zeros.toFloats()).containsOnly(0f).hasSize(50);
    Map<String, Tensor> drawn = samples.get(1).inputs();
    float[] floats = Objects.requireNonNull(drawn.get("f")).toFloats();
    assertThat(floats).hasSize(50).doesNotHaveDuplicates();
    for (float value : floats) {
      assertThat(value).isBetween(0f, Math.nextDown(1f));
    }
    Tensor indices = Objects.requireNonNull(drawn.get("i"));
    assertThat(indices.longAt(3)).isZero();
    assertThat(Objects.requireNonNull(drawn.get("u")).shape()).containsExactly(1, 50);
    assertThat(GeneratedInputs.of(signature).get(1).inputs().get("f"))
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
        .isInstanceOf(SelfTestFailedException.class)
        .hasMessageContaining("takes more than 268435456 bytes");
  }
}
