package io.covey.models.training.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.graph.Activation;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelGraph;
import io.covey.models.runtime.Hyperparameters;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.interpreter.Array64;
import io.covey.models.training.interpreter.GraphSketch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several steps of every optimizer, with every term, against their definitions in float64. */
class LocalOptimizerTest {

  private static final int INPUTS = 3;
  private static final int CLASSES = 4;
  private static final int BATCH = 5;
  private static final int STEPS = 7;
  private static final int[] LABELS = {0, 3, 1, 3, 2};

  /** Of the largest parameter; STEPS times the rounding of floats that are added up. */
  private static final double TOLERANCE = 5e-6;

  /** An optimizer, and the sizes of its terms. */
  record Case(LocalOptimizer optimizer, Hyperparameters sizes) {

    OptimizerStep.Terms terms() {
      return new OptimizerStep.Terms(
          sizes.weightDecay() > 0,
          sizes.clipNorm() < Hyperparameters.NO_CLIPPING,
          sizes.proximal() > 0);
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (LocalOptimizer optimizer :
        List.of(
            new LocalOptimizer.Sgd(),
            new LocalOptimizer.Momentum(0.9f, /* isNesterov= */ false),
            new LocalOptimizer.Momentum(0.8f, /* isNesterov= */ true),
            LocalOptimizer.Adam.DEFAULT,
            new LocalOptimizer.Adam(0.5f, 0.7f, 1e-3f))) {
      float rate = optimizer instanceof LocalOptimizer.Adam ? 0.05f : 0.3f;
      float none = Hyperparameters.NO_CLIPPING;
      cases.add(new Case(optimizer, new Hyperparameters(rate, 0, none, 0)));
      cases.add(new Case(optimizer, new Hyperparameters(rate, 0.4f, none, 0)));
      cases.add(new Case(optimizer, new Hyperparameters(rate, 0, 0.15f, 0)));
      cases.add(new Case(optimizer, new Hyperparameters(rate, 0, none, 0.9f)));
      cases.add(new Case(optimizer, new Hyperparameters(rate, 0.2f, 0.15f, 0.5f)));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void stepsAreThoseOfTheDefinition(Case tested) {
    float[] x = example().examples(BATCH).toFloats();
    TrainableModel model = model(tested);
    double[] expected = toDoubles(model.initialValues());
    ReferenceOptimizer reference =
        new ReferenceOptimizer(tested.optimizer(), tested.sizes(), expected);
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(model.write());
        TrainingSession session = loaded.openTraining()) {
      float[] actual = new float[model.size()];
      for (int step = 0; step < STEPS; step++) {
        float loss = session.train(x, LABELS, BATCH, tested.sizes());
        assertThat((double) loss).isCloseTo(loss(expected, x), within(1e-5));
        reference.step(expected, gradients(expected, x));
        session.readParameters(actual);
        requireClose(step, actual, expected);
      }
    }
  }

  /** Restoring begins the optimizer's state anew: the same steps come out once more. */
  @ParameterizedTest
  @MethodSource("cases")
  void restoringBeginsAnew(Case tested) {
    float[] x = example().examples(BATCH).toFloats();
    TrainableModel model = model(tested);
    try (LoadedModel loaded = ModelRuntime.tensorFlowLite().load(model.write());
        TrainingSession session = loaded.openTraining()) {
      float[] first = afterSteps(session, x, tested);
      session.restore(model.initialValues());
      assertThat(afterSteps(session, x, tested)).containsExactly(first);
      assertThat(first).isNotEqualTo(model.initialValues());
    }
  }

  private static float[] afterSteps(TrainingSession session, float[] x, Case tested) {
    for (int step = 0; step < STEPS; step++) {
      session.train(x, LABELS, BATCH, tested.sizes());
    }
    float[] parameters = new float[session.layout().size()];
    session.readParameters(parameters);
    return parameters;
  }

  private static void requireClose(int step, float[] actual, double[] expected) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("parameter %d after step %d", i, step)
          .isCloseTo(expected[i], within(TOLERANCE * largest));
    }
  }

  private static GraphSketch example() {
    return new GraphSketch(GraphTensor.ANY, 11, List.of(INPUTS));
  }

  private static TrainableModel model(Case tested) {
    GraphSketch sketch = example();
    int logits = sketch.dense(sketch.x(), CLASSES, INPUTS, Activation.NONE);
    ModelGraph plain = sketch.giving(logits);
    return Differentiator.derive(
        plain, TrainingRecipe.DEFAULT.with(tested.optimizer()).with(tested.terms()));
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  // The model in float64: weights [CLASSES, INPUTS], then the bias.

  private static Array64 probabilities(double[] parameters, float[] x) {
    double[] p = new double[BATCH * CLASSES];
    for (int row = 0; row < BATCH; row++) {
      double total = 0;
      for (int c = 0; c < CLASSES; c++) {
        double z = parameters[CLASSES * INPUTS + c];
        for (int i = 0; i < INPUTS; i++) {
          z += parameters[c * INPUTS + i] * x[row * INPUTS + i];
        }
        p[row * CLASSES + c] = Math.exp(z);
        total += Math.exp(z);
      }
      for (int c = 0; c < CLASSES; c++) {
        p[row * CLASSES + c] /= total;
      }
    }
    return Array64.of(List.of(BATCH, CLASSES), p);
  }

  private static double loss(double[] parameters, float[] x) {
    Array64 p = probabilities(parameters, x);
    double sum = 0;
    for (int row = 0; row < BATCH; row++) {
      sum -= Math.log(p.get(row * CLASSES + LABELS[row]));
    }
    return sum / BATCH;
  }

  private static double[] gradients(double[] parameters, float[] x) {
    Array64 p = probabilities(parameters, x);
    double[] gradients = new double[parameters.length];
    for (int row = 0; row < BATCH; row++) {
      for (int c = 0; c < CLASSES; c++) {
        double excess = (p.get(row * CLASSES + c) - (LABELS[row] == c ? 1 : 0)) / BATCH;
        gradients[CLASSES * INPUTS + c] += excess;
        for (int i = 0; i < INPUTS; i++) {
          gradients[c * INPUTS + i] += excess * x[row * INPUTS + i];
        }
      }
    }
    return gradients;
  }
}
