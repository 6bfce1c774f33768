package io.covey.models.training.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.ModelGraph;
import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Tensor;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainableVariable;
import io.covey.models.training.TrainableVariable.Use;
import io.covey.models.training.TrainingRecipe;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/** Compares derived gradients with central differences of the reference. */
public final class GradientCheck {

  /** Of the largest reference gradient. */
  private static final double TOLERANCE = 1e-3;

  /** Small beside values of about 1, large beside the rounding of a double. */
  private static final double DIFFERENCE = 1e-5;

  /** Gradients below this share of the largest are compared with that share. */
  private static final double NEGLIGIBLE = 1e-3;

  /** Where a gradient is zero but for what cancels, floats of about 1 leave this much. */
  private static final double ROUNDING = 1e-6;

  /** Slopes of the two sides that differ by more of their sizes are a kink's. */
  private static final double KINK = 0.05;

  /** Of a larger variable, so many elements are compared. */
  private static final int ELEMENTS = 48;

  private static final long CHOICE = 20_261_126;

  private final TrainableModel model;
  private final ReferenceInterpreter reference;
  private final ToDoubleBiFunction<Array64, Array64> loss;

  /**
   * Of a plain graph.
   *
   * @param loss of outputs and labels, which is the recipe's
   */
  public GradientCheck(
      ModelGraph plain, TrainingRecipe recipe, ToDoubleBiFunction<Array64, Array64> loss) {
    this.model = Differentiator.deriveWithGradients(plain, recipe);
    this.reference = new ReferenceInterpreter(plain.main());
    this.loss = loss;
  }

  /** The mean squared error. */
  public static double meanSquaredError(Array64 output, Array64 y) {
    double sum = 0;
    for (int i = 0; i < output.elements(); i++) {
      sum += Math.pow(output.get(i) - y.get(i), 2);
    }
    return sum / output.elements();
  }

  /** What the reference gives for these examples. */
  public Array64 output(Array64 x) {
    return reference.run(x, Map.of());
  }

  /** Compares batches one after the other, with one loaded model; answers the largest gradient. */
  public double compare(Map<Array64, Array64> batches) {
    double largest = 0;
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(model.write());
        InferenceSession session = loaded.openInference("gradients");
        InferenceSession inference = loaded.openInference("infer")) {
      for (Map.Entry<Array64, Array64> batch : batches.entrySet()) {
        compareOutput(inference, batch.getKey());
        largest = Math.max(largest, compare(session, batch.getKey(), batch.getValue()));
      }
    }
    return largest;
  }

  private void compareOutput(InferenceSession session, Array64 x) {
    Tensor output =
        Objects.requireNonNull(
            session.run(Map.of("x", Tensor.ofFloats(x.shape(), x.toFloats()))).get("output"));
    double[] actual = new double[output.elements()];
    Arrays.setAll(actual, output::doubleAt);
    Array64 expected = output(x);
    assertThat(output.shape()).isEqualTo(expected.shape());
    requireClose("output", actual, expected, largest(expected) + NEGLIGIBLE);
  }

  private double compare(InferenceSession session, Array64 x, Array64 y) {
    Map<String, Tensor> results =
        session.run(
            Map.of(
                "x", Tensor.ofFloats(x.shape(), x.toFloats()),
                "y", Tensor.ofFloats(y.shape(), y.toFloats())));
    double expectedLoss = loss.applyAsDouble(output(x), y);
    double actualLoss = Objects.requireNonNull(results.get("loss")).doubleAt(0);
    double bound = TOLERANCE * (1 + Math.abs(expectedLoss));
    assertThat(Math.abs(actualLoss - expectedLoss)).as("loss").isLessThanOrEqualTo(bound);
    Map<String, Array64> expected = differences(x, y);
    double largest = expected.values().stream().mapToDouble(GradientCheck::largest).max().orElse(0);
    for (TrainableVariable variable : model.variables()) {
      Tensor actual = Objects.requireNonNull(results.get(variable.name().replace('w', 'g')));
      double[] values = new double[actual.elements()];
      Arrays.setAll(values, actual::doubleAt);
      Array64 own = Objects.requireNonNull(expected.get(variable.name()));
      requireClose(variable.toString(), values, own, Math.max(largest(own), NEGLIGIBLE * largest));
    }
    return largest;
  }

  private static void requireClose(String what, double[] actual, Array64 expected, double largest) {
    for (int i = 0; i < actual.length; i++) {
      if (Double.isNaN(expected.get(i))) {
        assertThat(actual[i]).isFinite();
        continue;
      }
      assertThat(Math.abs(actual[i] - expected.get(i)))
          .as("element %d of %s: %s, expected %s", i, what, actual[i], expected.get(i))
          .isLessThanOrEqualTo(TOLERANCE * largest + ROUNDING);
    }
  }

  private static double largest(Array64 values) {
    double largest = 0;
    for (int i = 0; i < values.elements(); i++) {
      double size = Math.abs(values.get(i));
      largest = size > largest ? size : largest;
    }
    return largest;
  }

  /** The gradient of every variable, by central differences; NaN where it is not compared. */
  private Map<String, Array64> differences(Array64 x, Array64 y) {
    float[] initial = model.initialValues();
    Map<Use, Array64> values = new HashMap<>();
    Map<String, Array64> gradients = new HashMap<>();
    int offset = 0;
    for (TrainableVariable variable : model.variables()) {
      float[] own = Arrays.copyOfRange(initial, offset, offset + variable.elements());
      offset += own.length;
      put(values, variable, Array64.ofFloats(variable.shape(), own));
    }
    double at = loss.applyAsDouble(reference.run(x, values), y);
    for (TrainableVariable variable : model.variables()) {
      Array64 value = Objects.requireNonNull(values.get(variable.uses().get(0)));
      double[] gradient = new double[value.elements()];
      Arrays.fill(gradient, Double.NaN);
      for (int i : compared(gradient.length)) {
        put(values, variable, value.moved(i, DIFFERENCE));
        double above = loss.applyAsDouble(reference.run(x, values), y);
        put(values, variable, value.moved(i, -DIFFERENCE));
        double below = loss.applyAsDouble(reference.run(x, values), y);
        gradient[i] = slope(below, at, above);
      }
      put(values, variable, value);
      gradients.put(variable.name(), Array64.of(variable.shape(), gradient));
    }
    return gradients;
  }

  /**
   * The elements of a variable that are compared. Not evenly spread, which would miss whatever
   * happens to every other element, as where an operator takes one channel of two.
   */
  private static int[] compared(int elements) {
    return elements <= ELEMENTS
        ? IntStream.range(0, elements).toArray()
        : new Random(CHOICE).ints(0, elements).distinct().limit(ELEMENTS).toArray();
  }

  /** NaN at a kink, as where a RELU takes exactly zero: there is no slope to compare with. */
  private static double slope(double below, double at, double above) {
    double before = (at - below) / DIFFERENCE;
    double after = (above - at) / DIFFERENCE;
    boolean isKink = Math.abs(after - before) > KINK * (1e-3 + Math.abs(after) + Math.abs(before));
    return isKink ? Double.NaN : (before + after) / 2;
  }

  private static void put(Map<Use, Array64> values, TrainableVariable variable, Array64 value) {
    variable.uses().forEach(use -> values.put(use, value));
  }
}
