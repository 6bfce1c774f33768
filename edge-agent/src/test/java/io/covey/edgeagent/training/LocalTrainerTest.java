package io.covey.edgeagent.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.edgeagent.examples.PreparedExamples;
import io.covey.edgeagent.toy.ToyMath;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.edgeagent.training.TrainingException.Reason;
import io.covey.models.data.ArrayShape;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.Preprocessor;
import io.covey.models.runtime.Evaluation;
import io.covey.models.runtime.Hyperparameters;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.message.LocalTraining;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalTrainerTest {
  private static final int FEATURES = 4;
  private static final int CLASSES = 3;
  private static final int PARAMETERS = FEATURES * CLASSES;
  private static final int EXAMPLES = 23;

  private final Random random = new Random(11);
  private final float[] values = floats(EXAMPLES * FEATURES);
  private final int[] labels = random.ints(EXAMPLES, 0, CLASSES).toArray();
  private final InMemoryExampleStore examples = new InMemoryExampleStore(FEATURES, values, labels);
  private final float[] base = floats(PARAMETERS);

  private float[] floats(int count) {
    float[] floats = new float[count];
    for (int i = 0; i < count; i++) {
      floats[i] = (float) random.nextGaussian();
    }
    return floats;
  }

  private static TrainingSession toy() {
    try (LoadedModel model = new ToyRuntime().load(ToyRuntime.file(FEATURES, CLASSES))) {
      return model.openTraining();
    }
  }

  private LocalUpdate train(TrainingSession session, LocalTraining plan, long seed)
      throws TrainingException {
    return new LocalTrainer(session, examples, plan, new SplittableRandom(seed), () -> false)
        .train(base);
  }

  /**
   * Gradient descent on the loss plus mu/2 * |w - base|^2, written out with both gradients in one
   * step, in the order of examples that the same seed gives.
   */
  private float[] reference(LocalTraining plan, long seed) {
    float[] current = base.clone();
    int[] order = new int[EXAMPLES];
    Arrays.setAll(order, i -> i);
    SplittableRandom shuffling = new SplittableRandom(seed);
    for (int epoch = 0; epoch < plan.epochs(); epoch++) {
      for (int i = EXAMPLES - 1; i > 0; i--) {
        int j = shuffling.nextInt(i + 1);
        int swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
      }
      for (int from = 0; from < EXAMPLES; from += plan.batchSize()) {
        int count = Math.min(plan.batchSize(), EXAMPLES - from);
        float[] x = new float[count * FEATURES];
        int[] y = new int[count];
        for (int i = 0; i < count; i++) {
          examples.copyFeatures(order[from + i], x, i * FEATURES);
          y[i] = examples.label(order[from + i]);
        }
        // With a rate of one, a step is the negative gradient.
        ToyMath math = new ToyMath(FEATURES, CLASSES);
        math.restore(current);
        math.step(x, y, 1f);
        float[] stepped = new float[PARAMETERS];
        math.read(stepped);
        for (int i = 0; i < PARAMETERS; i++) {
          double gradient =
              (current[i] - stepped[i]) + plan.proximalMu() * (double) (current[i] - base[i]);
          current[i] -= (float) (plan.learningRate() * gradient);
        }
      }
    }
    float[] delta = new float[PARAMETERS];
    for (int i = 0; i < PARAMETERS; i++) {
      delta[i] = current[i] - base[i];
    }
    return delta;
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "0, 64", "0.1, 5", "1, 5", "1, 1", "10, 23"})
  void theUpdateIsThatOfThePlainReference(float mu, int batchSize) throws Exception {
    LocalTraining plan = new LocalTraining(3, batchSize, 0.05f, mu);
    for (long seed = 1; seed <= 3; seed++) {
      float[] expected = reference(plan, seed);
      float[] actual = train(toy(), plan, seed).delta();
      for (int i = 0; i < PARAMETERS; i++) {
        assertThat(actual[i]).as("seed %d entry %d", seed, i).isCloseTo(expected[i], within(2e-6f));
      }
    }
  }

  @Test
  void aProximalTermKeepsTheUpdateShorter() throws Exception {
    float[] free = train(toy(), new LocalTraining(10, 5, 0.1f, 0), 1).delta();
    float[] held = train(toy(), new LocalTraining(10, 5, 0.1f, 5), 1).delta();
    assertThat(norm(held)).isLessThan(0.8 * norm(free));
  }

  private static double norm(float[] vector) {
    double sum = 0;
    for (float value : vector) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  @Test
  void theMetricsDescribeTheBaseVersion() throws Exception {
    ToyMath math = new ToyMath(FEATURES, CLASSES);
    math.restore(base);
    Evaluation expected = math.evaluate(values, labels);
    LocalUpdate update = train(toy(), new LocalTraining(5, 4, 0.5f, 0), 1);
    assertThat(update.lossSum()).isCloseTo(expected.lossSum(), within(1e-4));
    assertThat(update.correct()).isEqualTo((int) expected.correct());
    assertThat(update.examples()).isEqualTo(EXAMPLES);
  }

  @Test
  void everyPassTakesEveryExampleOnceInAnotherOrder() throws Exception {
    RecordingSession session = new RecordingSession(toy());
    train(session, new LocalTraining(2, 5, 0.1f, 0), 1);
    assertThat(session.batches).containsExactly(5, 5, 5, 5, 3, 5, 5, 5, 5, 3);
    List<Float> first = session.firstFeatures.subList(0, EXAMPLES);
    List<Float> second = session.firstFeatures.subList(EXAMPLES, 2 * EXAMPLES);
    assertThat(first).containsExactlyInAnyOrderElementsOf(second).isNotEqualTo(second);
  }

  @Test
  void theSameSeedGivesTheSameUpdate() throws Exception {
    LocalTraining plan = new LocalTraining(2, 5, 0.1f, 0.5f);
    assertThat(train(toy(), plan, 9).delta()).isEqualTo(train(toy(), plan, 9).delta());
    assertThat(train(toy(), plan, 9).delta()).isNotEqualTo(train(toy(), plan, 10).delta());
  }

  @Test
  void trainingIsCancelledBetweenSteps() {
    AtomicInteger asked = new AtomicInteger();
    RecordingSession session = new RecordingSession(toy());
    // Five batches are evaluated first, then three are trained.
    assertThatThrownBy(
            () ->
                new LocalTrainer(
                        session,
                        examples,
                        new LocalTraining(9, 5, 0.1f, 0),
                        new SplittableRandom(1),
                        () -> asked.incrementAndGet() > 8)
                    .train(base))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CANCELLED));
    assertThat(session.batches).hasSize(3);
  }

  @Test
  void whatCannotBeTrainedIsRefused() {
    LocalTraining plan = new LocalTraining(1, 5, 0.1f, 0);
    assertThatThrownBy(
            () ->
                new LocalTrainer(
                    toy(),
                    InMemoryExampleStore.empty(),
                    plan,
                    new SplittableRandom(1),
                    () -> false))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNFIT));
  }

  @Test
  void parametersThatLeaveTheNumbersAreCalledDivergence() {
    LocalTraining plan = new LocalTraining(1, 5, 0.1f, 0);
    for (int i = 0; i < PARAMETERS; i++) {
      base[i] = Float.MAX_VALUE;
    }
    assertThatThrownBy(() -> train(toy(), plan, 1))
        .isInstanceOfSatisfying(
            TrainingException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DIVERGED));
  }

  /** On the real runtime: the proximal term is the only difference, and it is what it should be. */
  @Test
  void aRealModelTakesTheProximalStepExactly() throws Exception {
    int pixels = 64;
    float[] x = new float[pixels];
    for (int i = 0; i < pixels; i++) {
      x[i] = random.nextFloat();
    }
    InMemoryExampleStore one = new InMemoryExampleStore(pixels, x, new int[] {7});
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(digits())) {
      int size = model.parameterLayout().orElseThrow().size();
      float[] start = floats(size);
      for (int i = 0; i < size; i++) {
        start[i] *= 0.1f;
      }
      float rate = 0.1f;
      float mu = 0.5f;
      float[] oneStep = train(model, one, new LocalTraining(1, 1, rate, mu), start);
      assertThat(oneStep)
          .as("the first step starts at the base, where the term has no gradient")
          .isEqualTo(train(model, one, new LocalTraining(1, 1, rate, 0), start));
      float[] twoSteps = train(model, one, new LocalTraining(2, 1, rate, mu), start);
      float[] middle = start.clone();
      for (int i = 0; i < size; i++) {
        middle[i] += oneStep[i];
      }
      float[] plainSecond = train(model, one, new LocalTraining(1, 1, rate, 0), middle);
      for (int i = 0; i < size; i++) {
        double expected = oneStep[i] + plainSecond[i] - rate * mu * oneStep[i];
        assertThat((double) twoSteps[i]).as("entry %d", i).isCloseTo(expected, within(2e-7));
      }
    }
  }

  private static float[] train(
      LoadedModel model, InMemoryExampleStore examples, LocalTraining plan, float[] start)
      throws TrainingException {
    try (TrainingSession session = model.openTraining()) {
      return new LocalTrainer(session, examples, plan, new SplittableRandom(1), () -> false)
          .train(start)
          .delta();
    }
  }

  /** The digits model takes one-hot rows, which are values to predict as well as any. */
  @Test
  void valuesThatAreOneHotRowsTrainAsClassesDo() throws Exception {
    int count = 50;
    float[] pixels = floats(count * 64);
    int[] classes = random.ints(count, 0, 10).toArray();
    float[] rows = new float[count * 10];
    for (int i = 0; i < count; i++) {
      rows[i * 10 + classes[i]] = 1;
    }
    LocalUpdate byClass = trainDigits(new InMemoryExampleStore(64, pixels, classes));
    LocalUpdate byValue = trainDigits(InMemoryExampleStore.ofValues(64, pixels, 10, rows));
    assertThat(byValue.delta()).isEqualTo(byClass.delta());
    assertThat(byValue.lossSum()).isEqualTo(byClass.lossSum());
    assertThat(byValue.correct()).isEqualTo(byClass.correct());
  }

  /** Twice the pixels at half the scale are the same examples. */
  @Test
  void preparedExamplesTrainAsWhatTheyBecome() throws Exception {
    int count = 20;
    float[] pixels = floats(count * 64);
    float[] doubled = new float[pixels.length];
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] = 2 * pixels[i];
    }
    int[] classes = random.ints(count, 0, 10).toArray();
    Preprocessor halving =
        Preprocessing.IDENTITY.withScale(0.5f).between(ArrayShape.of(64), ArrayShape.of(64));
    LocalUpdate expected = trainDigits(new InMemoryExampleStore(64, pixels, classes));
    LocalUpdate update =
        trainDigits(new PreparedExamples(new InMemoryExampleStore(64, doubled, classes), halving));
    assertThat(update.delta()).isEqualTo(expected.delta());
  }

  private static LocalUpdate trainDigits(ExampleStore examples) throws Exception {
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(digits());
        TrainingSession session = model.openTraining()) {
      float[] start = new float[session.layout().size()];
      for (int i = 0; i < start.length; i++) {
        start[i] = (float) Math.sin(i) / 8;
      }
      LocalTraining plan = new LocalTraining(2, 8, 0.1f, 0);
      return new LocalTrainer(session, examples, plan, new SplittableRandom(3), () -> false)
          .train(start);
    }
  }

  private static byte[] digits() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            LocalTrainerTest.class.getResourceAsStream("/io/covey/edgeagent/digits.tflite"))) {
      return in.readAllBytes();
    }
  }

  /** Notes what is trained on. */
  private static final class RecordingSession implements TrainingSession {
    private final TrainingSession session;
    private final List<Integer> batches = new ArrayList<>();
    private final List<Float> firstFeatures = new ArrayList<>();

    RecordingSession(TrainingSession session) {
      this.session = session;
    }

    @Override
    public io.covey.models.runtime.ParameterLayout layout() {
      return session.layout();
    }

    @Override
    public boolean takesLearningRate() {
      return true;
    }

    @Override
    public boolean canEvaluate() {
      return true;
    }

    @Override
    public TensorSpec exampleInput() {
      return session.exampleInput();
    }

    @Override
    public TensorSpec labelInput() {
      return session.labelInput();
    }

    @Override
    public float train(float[] x, float[] y, int batch, Hyperparameters hyperparameters) {
      return session.train(x, y, batch, hyperparameters);
    }

    @Override
    public float train(float[] x, int[] labels, int batch, Hyperparameters hyperparameters) {
      batches.add(batch);
      for (int i = 0; i < batch; i++) {
        firstFeatures.add(x[i * FEATURES]);
      }
      return session.train(x, labels, batch, hyperparameters);
    }

    @Override
    public Evaluation evaluate(float[] x, float[] y, int batch) {
      return session.evaluate(x, y, batch);
    }

    @Override
    public Evaluation evaluate(float[] x, int[] labels, int batch) {
      return session.evaluate(x, labels, batch);
    }

    @Override
    public void readParameters(float[] into) {
      session.readParameters(into);
    }

    @Override
    public void restore(float[] from) {
      session.restore(from);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
