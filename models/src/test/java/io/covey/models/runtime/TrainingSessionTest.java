package io.covey.models.runtime;

import static io.covey.models.runtime.Fixtures.CLASSES;
import static io.covey.models.runtime.Fixtures.DIGITS;
import static io.covey.models.runtime.Fixtures.PIXELS;
import static io.covey.models.runtime.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelLimits;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.lite.schema.BuiltinOperator;

/** Training, against TensorFlow's record of the same. */
class TrainingSessionTest {

  private static final float LEARNING_RATE = 0.5f;

  private final float[] digits = Fixtures.digits();
  private final float[] rows = Fixtures.oneHotLabels();
  private final int[] labels = Fixtures.labels();

  private static LoadedModel load(String resource) {
    return ModelRuntime.tensorFlowLite().load(Fixtures.bytes(resource));
  }

  private static float[] parametersOf(TrainingSession session) {
    float[] parameters = new float[session.layout().size()];
    session.readParameters(parameters);
    return parameters;
  }

  @Test
  void lossesFollowTensorFlowStepByStep() {
    String reference = Fixtures.text("digits-reference.json");
    float learningRate = (float) Fixtures.numbers(reference, "learning_rate")[0];
    double[] losses = Fixtures.numbers(reference, "losses");
    assertThat(losses).hasSize(20);
    try (LoadedModel model = load("digits.tflite");
        TrainingSession session = model.openTraining()) {
      for (int step = 0; step < losses.length; step++) {
        float loss = session.train(digits, rows, DIGITS, learningRate);
        assertThat((double) loss).as("loss of step %d", step).isCloseTo(losses[step], within(1e-4));
      }
    }
  }

  @Test
  void labelsAsNumbersAreTheSameAsOneHotRows() {
    try (LoadedModel model = load("digits.tflite");
        TrainingSession byNumber = model.openTraining();
        TrainingSession byRow = model.openTraining()) {
      assertThat(byNumber.train(digits, labels, DIGITS, LEARNING_RATE))
          .isEqualTo(byRow.train(digits, rows, DIGITS, LEARNING_RATE));
      assertThat(parametersOf(byNumber)).isEqualTo(parametersOf(byRow));
      assertThat(byNumber.evaluate(digits, labels, DIGITS))
          .isEqualTo(byRow.evaluate(digits, rows, DIGITS));
    }
  }

  @Test
  void paddingChangesNeitherLossNorGradientNorCounts() {
    int padded = DIGITS + 7;
    float[] paddedDigits = Arrays.copyOf(digits, padded * PIXELS);
    Arrays.fill(paddedDigits, DIGITS * PIXELS, paddedDigits.length, 0.7f);
    int[] paddedLabels = Arrays.copyOf(labels, padded);
    Arrays.fill(paddedLabels, DIGITS, padded, -1);
    try (LoadedModel model = load("digits.tflite");
        TrainingSession whole = model.openTraining();
        TrainingSession filledUp = model.openTraining()) {
      float loss = whole.train(digits, labels, DIGITS, LEARNING_RATE);
      assertThat(filledUp.train(paddedDigits, paddedLabels, padded, LEARNING_RATE))
          .isCloseTo(loss, within(1e-6f));
      assertThat(parametersOf(filledUp)).containsExactly(parametersOf(whole), within(1e-6f));
      Evaluation expected = whole.evaluate(digits, labels, DIGITS);
      Evaluation actual = filledUp.evaluate(paddedDigits, paddedLabels, padded);
      assertThat(actual.count()).isEqualTo(expected.count()).isEqualTo(DIGITS);
      assertThat(actual.correct()).isEqualTo(expected.correct());
      assertThat(actual.lossSum()).isCloseTo(expected.lossSum(), within(1e-4));
    }
  }

  @Test
  void paddingAloneTrainsNothing() {
    try (LoadedModel model = load("digits.tflite");
        TrainingSession session = model.openTraining()) {
      float[] before = parametersOf(session);
      int[] padding = {-1, -1};
      assertThat(session.train(new float[2 * PIXELS], padding, 2, LEARNING_RATE)).isZero();
      assertThat(parametersOf(session)).isEqualTo(before);
    }
  }

  @Test
  void evaluationsOfPartsAddUpToThatOfTheWhole() {
    try (LoadedModel model = load("digits.tflite");
        TrainingSession session = model.openTraining()) {
      for (int step = 0; step < 40; step++) {
        session.train(digits, labels, DIGITS, LEARNING_RATE);
      }
      Evaluation whole = session.evaluate(digits, labels, DIGITS);
      Evaluation parts = Evaluation.NOTHING;
      for (int from = 0; from < DIGITS; from += 8) {
        parts =
            parts.plus(
                session.evaluate(
                    Arrays.copyOfRange(digits, from * PIXELS, (from + 8) * PIXELS),
                    Arrays.copyOfRange(labels, from, from + 8),
                    8));
      }
      assertThat(parts.count()).isEqualTo(whole.count());
      assertThat(parts.correct()).isEqualTo(whole.correct());
      assertThat(parts.lossSum()).isCloseTo(whole.lossSum(), within(1e-4));
      assertThat(whole.accuracy()).isEqualTo(1.0);
      assertThat(whole.meanLoss()).isLessThan(0.5);
    }
  }

  @Test
  void restoringBringsBackExactlyWhatWasRead() {
    try (LoadedModel model = load("digits.tflite");
        TrainingSession trained = model.openTraining();
        TrainingSession other = model.openTraining()) {
      trained.train(digits, labels, DIGITS, LEARNING_RATE);
      float[] parameters = parametersOf(trained);
      other.restore(parameters);
      assertThat(parametersOf(other)).isEqualTo(parameters);
      assertThat(other.train(digits, labels, DIGITS, LEARNING_RATE))
          .isEqualTo(trained.train(digits, labels, DIGITS, LEARNING_RATE));
    }
  }

  @Test
  void sessionsTrainApartFromEachOther() {
    try (LoadedModel model = load("digits.tflite");
        TrainingSession trained = model.openTraining();
        TrainingSession untouched = model.openTraining()) {
      float[] before = parametersOf(untouched);
      trained.train(digits, labels, DIGITS, LEARNING_RATE);
      assertThat(parametersOf(untouched)).isEqualTo(before).isNotEqualTo(parametersOf(trained));
    }
  }

  @Test
  void wrongLengthsAndRatesAreRefusedAndHarmNothing() {
    try (LoadedModel model = load("digits.tflite");
        TrainingSession session = model.openTraining()) {
      float[] before = parametersOf(session);
      float[] shortDigits = Arrays.copyOf(digits, digits.length - 1);
      assertRefused(Reason.WRONG_SHAPE, () -> session.train(shortDigits, rows, DIGITS, 1))
          .hasMessageContaining("2047 floats do not fill x FLOAT32[?, 64], which needs 2048");
      assertRefused(Reason.WRONG_SHAPE, () -> session.train(digits, new float[9], DIGITS, 1));
      assertRefused(Reason.WRONG_SHAPE, () -> session.train(digits, new int[31], DIGITS, 1));
      assertRefused(Reason.WRONG_SHAPE, () -> session.train(new float[0], new int[0], 0, 1));
      assertRefused(Reason.WRONG_SHAPE, () -> session.train(new float[0], new int[0], -1, 1));
      assertRefused(Reason.WRONG_SHAPE, () -> session.readParameters(new float[1]));
      assertRefused(Reason.WRONG_SHAPE, () -> session.restore(new float[before.length + 1]));
      for (float rate : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
        assertRefused(Reason.WRONG_SHAPE, () -> session.train(digits, rows, DIGITS, rate))
            .hasMessageContaining("learning rate");
      }
      int[] unknown = labels.clone();
      unknown[3] = CLASSES;
      assertRefused(Reason.WRONG_SHAPE, () -> session.train(digits, unknown, DIGITS, 1))
          .hasMessageContaining("label 10 is not among the 10 classes");
      assertThat(parametersOf(session)).isEqualTo(before);
    }
  }

  @Test
  void batchesBeyondTheMemoryLimitAreRefused() {
    ModelLimits limits = new ModelLimits(1 << 20, 1 << 20, 1L << 30, 1000);
    try (LoadedModel model =
            ModelRuntime.tensorFlowLite(limits).load(Fixtures.bytes("digits.tflite"));
        TrainingSession session = model.openTraining()) {
      int batch = 4097;
      assertRefused(
          Reason.TOO_LARGE,
          () -> session.train(new float[batch * PIXELS], new int[batch], batch, 1));
      assertThat(session.train(digits, labels, DIGITS, LEARNING_RATE)).isPositive();
    }
  }

  @Test
  void flowersConventionTrainsAsTensorFlowDoes() {
    String reference = Fixtures.text("flower-reference.json");
    float[] x = floats(Fixtures.numbers(reference, "x"));
    float[] y = floats(Fixtures.numbers(reference, "y"));
    double[] losses = Fixtures.numbers(reference, "losses");
    assertThat(losses).hasSize(5);
    try (LoadedModel model = load("flower.tflite");
        TrainingSession session = model.openTraining()) {
      assertThat(session.takesLearningRate()).isFalse();
      for (double loss : losses) {
        assertThat((double) session.train(x, y, 4, LEARNING_RATE)).isCloseTo(loss, within(1e-4));
      }
      assertThat(session.layout().parameters())
          .extracting(ParameterLayout.Parameter::name)
          .containsExactly(
              "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9", "a10", "a11");
      assertThat(parametersOf(session))
          .containsExactly(floats(Fixtures.numbers(reference, "parameters")), within(1e-4f));
      session.restore(parametersOf(session));
      assertThat(session.canEvaluate()).isFalse();
      assertRefused(Reason.UNKNOWN_SIGNATURE, () -> session.evaluate(x, y, 4))
          .hasMessageContaining("evaluate");
    }
  }

  @Test
  void wholeNumberLabelsReachModelsThatTakeThem() {
    float[] x = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
    int[] y = {2, 0, -1};
    try (LoadedModel model = load("labels.tflite");
        TrainingSession session = model.openTraining()) {
      float first = session.train(x, y, 3, 1);
      assertThat(first).isCloseTo((float) Math.log(3), within(1e-6f));
      assertThat(session.train(x, y, 3, 1)).isLessThan(first);
      Evaluation evaluation = session.evaluate(x, y, 3);
      assertThat(evaluation.count()).isEqualTo(2);
      assertThat(evaluation.correct()).isEqualTo(2);
      assertRefused(Reason.WRONG_TYPE, () -> session.train(x, new float[3], 3, 1))
          .hasMessageContaining("int[]");
    }
  }

  @Test
  void modelsWithoutAnInitialiserMustBeRestoredFirst() {
    byte[] bare =
        AlteredModel.of(
            "digits.tflite",
            altered ->
                Arrays.stream(altered.model().getSubgraphs())
                    .forEach(
                        subgraph ->
                            altered.remove(
                                subgraph,
                                operator -> altered.code(operator) == BuiltinOperator.CALL_ONCE)));
    float[] initial;
    float expected;
    try (LoadedModel model = load("digits.tflite");
        TrainingSession session = model.openTraining()) {
      assertThat(model.isInitialised()).isTrue();
      initial = parametersOf(session);
      expected = session.train(digits, labels, DIGITS, LEARNING_RATE);
    }
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(bare);
        TrainingSession session = model.openTraining();
        InferenceSession serving = model.openInference()) {
      assertThat(model.isInitialised()).isFalse();
      float[] out = new float[DIGITS * CLASSES];
      float[] parameters = new float[initial.length];
      assertRefused(Reason.NOT_INITIALISED, () -> session.train(digits, labels, DIGITS, 1))
          .hasMessageContaining("call restore");
      assertRefused(Reason.NOT_INITIALISED, () -> session.evaluate(digits, labels, DIGITS));
      assertRefused(Reason.NOT_INITIALISED, () -> session.readParameters(parameters));
      assertRefused(Reason.NOT_INITIALISED, () -> serving.infer(digits, DIGITS, out));
      session.restore(initial);
      assertThat(session.train(digits, labels, DIGITS, LEARNING_RATE)).isEqualTo(expected);
      serving.restore(initial);
      assertThat(serving.infer(digits, DIGITS, out)).isEqualTo(out.length);
    }
  }

  @Test
  void anInitialiserThatRestoreDoesNotRunDoesNotUndoIt() {
    byte[] altered =
        AlteredModel.of(
            "digits.tflite",
            model ->
                model.remove(
                    model.subgraph("restore"),
                    operator -> model.code(operator) == BuiltinOperator.CALL_ONCE));
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(altered);
        TrainingSession session = model.openTraining()) {
      float[] zeros = new float[session.layout().size()];
      session.restore(zeros);
      assertThat(session.evaluate(digits, labels, DIGITS).meanLoss())
          .isCloseTo(Math.log(CLASSES), within(1e-5));
      assertThat(parametersOf(session)).isEqualTo(zeros);
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
