package io.covey.models.training.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableSelection;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.interpreter.GraphSketch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Losses, their gradients and what is measured with them, on scores that a test gives: the model
 * adds a variable to its input, whose gradient is the sum of the examples'.
 */
class LossFunctionTest {

  private static final int CLASSES = 3;

  /** What a batch came out as. */
  private record Outcome(double loss, Map<String, double[]> measures) {

    double[] gradient() {
      return values("g00");
    }

    double lossSum() {
      return one("loss_sum");
    }

    double one(String measure) {
      return values(measure)[0];
    }

    double[] values(String measure) {
      return Objects.requireNonNull(measures.get(measure), measure);
    }
  }

  @Test
  void softmaxCrossEntropyIsItsDefinition() {
    float[] scores = {1, 2, 3, -1, 0, 0.5f};
    float[] y = {0, 1, 0, 1, 0, 0};
    Outcome outcome = run(Loss.SOFTMAX_CROSS_ENTROPY, scores, y);
    double first = -2 + Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3));
    double second = 1 + Math.log(Math.exp(-1) + 1 + Math.exp(0.5));
    assertThat(outcome.loss()).isCloseTo((first + second) / 2, within(1e-6));
    assertThat(outcome.lossSum()).isCloseTo(first + second, within(1e-5));
    double[] p = softmax(1, 2, 3);
    double[] q = softmax(-1, 0, 0.5);
    requireClose(
        outcome.gradient(), (p[0] + q[0] - 1) / 2, (p[1] + q[1] - 1) / 2, (p[2] + q[2]) / 2);
  }

  @ParameterizedTest
  @EnumSource(LabelForm.class)
  void rowsWithoutALabelCountNowhere(LabelForm form) {
    float[] scores = {1, 2, 3, -1, 0, 0.5f};
    float[] padded = Arrays.copyOf(scores, 12);
    padded[6] = 77;
    padded[10] = -5;
    Tensor few = labels(form, 1, 0);
    Tensor many = labels(form, 1, 0, -1, -1);
    Outcome expected = run(Loss.SOFTMAX_CROSS_ENTROPY, form, scores, few);
    Outcome actual = run(Loss.SOFTMAX_CROSS_ENTROPY, form, padded, many);
    assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-6));
    requireClose(actual.gradient(), expected.gradient());
    for (String measure : List.of("loss_sum", "correct", "count", "confusion")) {
      requireClose(actual.values(measure), expected.values(measure));
    }
    assertThat(actual.one("count")).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(LabelForm.class)
  void nothingButPaddingIsNoLossAndNoGradient(LabelForm form) {
    Outcome outcome =
        run(Loss.SOFTMAX_CROSS_ENTROPY, form, new float[] {1, 2, 3}, labels(form, -1));
    assertThat(outcome.loss()).isZero();
    requireClose(outcome.gradient(), 0, 0, 0);
    assertThat(outcome.one("count")).isZero();
    assertThat(outcome.one("correct")).isZero();
  }

  @Test
  void sparseAndDenseLabelsAreOne() {
    float[] scores = {0.3f, -2, 1, 4, 4.5f, 0, -1, -1, 2};
    Outcome dense =
        run(Loss.SOFTMAX_CROSS_ENTROPY, LabelForm.DENSE, scores, labels(LabelForm.DENSE, 2, 0, 1));
    Outcome sparse =
        run(
            Loss.SOFTMAX_CROSS_ENTROPY,
            LabelForm.SPARSE,
            scores,
            labels(LabelForm.SPARSE, 2, 0, 1));
    assertThat(sparse.loss()).isEqualTo(dense.loss());
    assertThat(sparse.gradient()).containsExactly(dense.gradient());
    for (String measure : List.of("loss_sum", "correct", "count", "confusion")) {
      assertThat(sparse.values(measure)).as(measure).containsExactly(dense.values(measure));
    }
  }

  @Test
  void confusionCountsTruthsByWhatWasTaken() {
    float[] scores = {9, 0, 0, 0, 9, 0, 0, 0, 9, 9, 0, 0, 0, 9, 0};
    Tensor y = labels(LabelForm.DENSE, 0, 1, 1, 2, 1);
    Outcome outcome = run(Loss.SOFTMAX_CROSS_ENTROPY, LabelForm.DENSE, scores, y);
    assertThat(outcome.values("confusion")).containsExactly(1, 0, 0, 0, 2, 1, 1, 0, 0);
    assertThat(outcome.one("correct")).isEqualTo(3);
    assertThat(outcome.one("count")).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(floats = {100f, 1e3f, 1e4f})
  void extremeLogitsNeitherOverflowNorVanish(float size) {
    float[] scores = {size, 0, -size};
    Outcome right = run(Loss.SOFTMAX_CROSS_ENTROPY, scores, 1, 0, 0);
    assertThat(right.loss()).isZero();
    requireClose(right.gradient(), 0, 0, 0);
    Outcome wrong = run(Loss.SOFTMAX_CROSS_ENTROPY, scores, 0, 0, 1);
    assertThat(wrong.loss()).isCloseTo(2 * size, within(1e-6 * size));
    requireClose(wrong.gradient(), 1, 0, -1);
    Outcome sigmoid = run(Loss.SIGMOID_CROSS_ENTROPY, scores, 0, 1, 1);
    assertThat(sigmoid.loss())
        .isCloseTo((size + Math.log(2) + size) / CLASSES, within(1e-6 * size));
    requireClose(sigmoid.gradient(), 1 / 3.0, -0.5 / 3, -1 / 3.0);
  }

  @Test
  void huberIsHalfTheSquareUpToOneAndLinearBeyond() {
    Outcome inside = run(Loss.HUBER, new float[] {0.5f, -0.25f, 1}, 0, 0, 0);
    assertThat(inside.loss()).isCloseTo((0.125 + 0.03125 + 0.5) / 3, within(1e-6));
    requireClose(inside.gradient(), 0.5 / 3, -0.25 / 3, 1 / 3.0);
    Outcome outside = run(Loss.HUBER, new float[] {3, -5, 100}, 0, 0, 0);
    assertThat(outside.loss()).isCloseTo((2.5 + 4.5 + 99.5) / 3, within(1e-5));
    requireClose(outside.gradient(), 1 / 3.0, -1 / 3.0, 1 / 3.0);
  }

  @Test
  void meanSquaredErrorIsItsDefinition() {
    Outcome outcome =
        run(Loss.MEAN_SQUARED_ERROR, new float[] {1, 2, 3, 0, 0, 0}, 0, 2, 5, 1, 0, 0);
    assertThat(outcome.loss()).isCloseTo((1 + 4 + 1) / 6.0, within(1e-6));
    requireClose(outcome.gradient(), (2 - 2) / 6.0, 0, -4 / 6.0);
    assertThat(outcome.one("count")).isEqualTo(2);
  }

  @Test
  void sumsOfMeasuresOfBatchesAreThoseOfTheWhole() {
    float[] scores = {0.3f, -2, 1, 4, 4.5f, 0, -1, -1, 2, 7, 1, 1};
    float[] y = {0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    for (Loss loss : Loss.values()) {
      Outcome whole = run(loss, scores, y);
      Outcome first = run(loss, Arrays.copyOf(scores, 9), Arrays.copyOf(y, 9));
      Outcome rest = run(loss, Arrays.copyOfRange(scores, 9, 12), Arrays.copyOfRange(y, 9, 12));
      for (String measure : List.of("loss_sum", "correct", "count")) {
        assertThat(first.one(measure) + rest.one(measure))
            .as("%s of %s", measure, loss)
            .isCloseTo(whole.one(measure), within(1e-5));
      }
      // The training loss is the mean of what evaluating sums up.
      assertThat(whole.lossSum() / whole.one("count"))
          .as("%s", loss)
          .isCloseTo(whole.loss(), within(1e-5));
    }
  }

  private static void requireClose(double[] actual, double... expected) {
    assertThat(actual).containsExactly(expected, within(1e-6));
  }

  private static double[] softmax(double... z) {
    double total = Arrays.stream(z).map(Math::exp).sum();
    return Arrays.stream(z).map(value -> Math.exp(value) / total).toArray();
  }

  private static Tensor labels(LabelForm form, int... classes) {
    if (form == LabelForm.SPARSE) {
      ByteBuffer bytes =
          ByteBuffer.allocate(classes.length * Integer.BYTES).order(ByteOrder.nativeOrder());
      bytes.asIntBuffer().put(classes);
      return Tensor.of(ElementType.INT32, List.of(classes.length), bytes);
    }
    float[] rows = new float[classes.length * CLASSES];
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] >= 0) {
        rows[i * CLASSES + classes[i]] = 1;
      }
    }
    return Tensor.ofFloats(List.of(classes.length, CLASSES), rows);
  }

  private static Outcome run(Loss loss, float[] scores, float... y) {
    int rows = scores.length / CLASSES;
    return run(loss, LabelForm.DENSE, scores, Tensor.ofFloats(List.of(rows, CLASSES), y));
  }

  private static Outcome run(Loss loss, LabelForm form, float[] scores, Tensor y) {
    GraphSketch sketch = new GraphSketch(GraphTensor.ANY, 1, List.of(CLASSES));
    int added = sketch.weights(0, 0, List.of(1, CLASSES));
    int output = sketch.op(Builtin.ADD, Arithmetic.of(ArithmeticKind.ADD), sketch.x(), added);
    ModelGraph plain = sketch.giving(output);
    TrainingRecipe recipe =
        TrainingRecipe.DEFAULT
            .with(loss)
            .with(form)
            .with(new TrainableSelection.UsedAt(sketch.uses()));
    byte[] file = Differentiator.deriveWithGradients(plain, recipe).write();
    Tensor x = Tensor.ofFloats(List.of(scores.length / CLASSES, CLASSES), scores);
    Map<String, Tensor> batch = Map.of("x", x, "y", y);
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file);
        InferenceSession gradients = model.openInference("gradients");
        InferenceSession evaluation = model.openInference("evaluate")) {
      Map<String, Tensor> results = gradients.run(batch);
      Map<String, double[]> measures = new HashMap<>();
      measures.put("g00", doubles(Objects.requireNonNull(results.get("g00"))));
      evaluation.run(batch).forEach((name, tensor) -> measures.put(name, doubles(tensor)));
      return new Outcome(doubles(Objects.requireNonNull(results.get("loss")))[0], measures);
    }
  }

  private static double[] doubles(Tensor tensor) {
    double[] values = new double[tensor.elements()];
    Arrays.setAll(values, tensor::doubleAt);
    return values;
  }
}
