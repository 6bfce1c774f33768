package io.covey.edgeagent.training;

import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.training.TrainingException.Reason;
import io.covey.models.runtime.Evaluation;
import io.covey.models.runtime.Hyperparameters;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.message.LocalTraining;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Trains one model on all of the agent's examples, as a round's plan says.
 *
 * <p>First the base version is evaluated on the examples: the metrics that an agent reports
 * describe the version that everybody has, so that their sum means the same for every participant.
 * (Of a model that cannot evaluate, the losses of the first pass are summed instead, and no example
 * counts as correct.) Then come {@code epochs} passes in an order that is shuffled anew for each;
 * the last, shorter batch of a pass is trained as it is. Belongs to one thread, for one training.
 */
public final class LocalTrainer {
  private final TrainingSession session;
  private final ExampleStore examples;
  private final LocalTraining plan;
  private final LocalObjective objective;
  private final Hyperparameters hyperparameters;
  private final RandomGenerator random;
  private final BooleanSupplier cancelled;

  /** The next examples, row by row. */
  // A record for its names: two batches are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Batch(float[] x, int[] labels, float[] targets, int size) {}

  /**
   * @param random shuffles
   * @param cancelled asked before each batch; from any thread
   * @throws TrainingException when there are no examples, or the model cannot do what the plan asks
   */
  public LocalTrainer(
      TrainingSession session,
      ExampleStore examples,
      LocalTraining plan,
      RandomGenerator random,
      BooleanSupplier cancelled)
      throws TrainingException {
    this.session = session;
    this.examples = examples;
    this.plan = plan;
    // A graph that has the proximal term adds it in its own step, also to momentum.
    boolean isInGraph = session.takesProximal();
    this.objective = isInGraph ? new LocalObjective.ModelLoss() : LocalObjective.of(plan);
    this.hyperparameters =
        new Hyperparameters(
            plan.learningRate(), 0, Hyperparameters.NO_CLIPPING, isInGraph ? plan.proximalMu() : 0);
    this.random = random;
    this.cancelled = cancelled;
    if (examples.size() == 0) {
      throw new TrainingException(Reason.UNFIT, "there are no examples");
    }
    if (objective.corrects() && !session.takesLearningRate()) {
      throw new TrainingException(
          Reason.UNFIT,
          "FedProx needs a model whose train signature takes a learning rate; this one has its"
              + " own");
    }
  }

  /**
   * Runs the whole training.
   *
   * @param base the parameters to start from; not changed
   * @throws TrainingException when it is cancelled or diverges
   * @throws io.covey.models.graph.ModelException when the examples do not fit the model
   */
  public LocalUpdate train(float[] base) throws TrainingException {
    session.restore(base);
    int[] order = IntStream.range(0, examples.size()).toArray();
    Evaluation before = session.canEvaluate() ? evaluate(order) : Evaluation.NOTHING;
    double firstPass = 0;
    float[] current = base.clone();
    for (int epoch = 0; epoch < plan.epochs(); epoch++) {
      shuffle(order);
      double losses = pass(order, base, current);
      firstPass = epoch == 0 ? losses : firstPass;
    }
    session.readParameters(current);
    return new LocalUpdate(
        delta(current, base),
        examples.size(),
        session.canEvaluate() ? before.lossSum() : firstPass,
        Math.toIntExact(before.correct()));
  }

  private Evaluation evaluate(int[] order) throws TrainingException {
    Evaluation sum = Evaluation.NOTHING;
    for (int from = 0; from < order.length; from += plan.batchSize()) {
      Batch batch = batch(order, from);
      sum =
          sum.plus(
              examples.targets() == 0
                  ? session.evaluate(batch.x(), batch.labels(), batch.size())
                  : session.evaluate(batch.x(), batch.targets(), batch.size()));
    }
    requireFinite(sum.lossSum(), "the base version's loss");
    return sum;
  }

  /** One pass over all examples; answers the sum of their losses, each before its step. */
  private double pass(int[] order, float[] base, float[] current) throws TrainingException {
    double losses = 0;
    for (int from = 0; from < order.length; from += plan.batchSize()) {
      Batch batch = batch(order, from);
      float loss = step(batch);
      requireFinite(loss, "the loss");
      losses += (double) loss * batch.size();
      if (objective.corrects()) {
        float[] before = current.clone();
        session.readParameters(current);
        objective.correct(before, base, plan.learningRate(), current);
        session.restore(current);
      }
    }
    return losses;
  }

  private float step(Batch batch) {
    return examples.targets() == 0
        ? session.train(batch.x(), batch.labels(), batch.size(), hyperparameters)
        : session.train(batch.x(), batch.targets(), batch.size(), hyperparameters);
  }

  private Batch batch(int[] order, int from) throws TrainingException {
    if (cancelled.getAsBoolean()) {
      throw new TrainingException(Reason.CANCELLED, "training was cancelled");
    }
    int count = Math.min(plan.batchSize(), order.length - from);
    int targets = examples.targets();
    Batch batch =
        new Batch(
            new float[count * examples.features()],
            new int[targets == 0 ? count : 0],
            new float[count * targets],
            count);
    for (int i = 0; i < count; i++) {
      int example = order[from + i];
      examples.copyFeatures(example, batch.x(), i * examples.features());
      if (targets == 0) {
        batch.labels()[i] = examples.label(example);
      } else {
        examples.copyTargets(example, batch.targets(), i * targets);
      }
    }
    return batch;
  }

  /** Fisher and Yates. */
  private void shuffle(int[] order) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  private static float[] delta(float[] trained, float[] base) throws TrainingException {
    float[] delta = new float[base.length];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = trained[i] - base[i];
      requireFinite(delta[i], "a parameter");
    }
    return delta;
  }

  private static void requireFinite(double value, String what) throws TrainingException {
    if (!Double.isFinite(value)) {
      throw new TrainingException(
          Reason.DIVERGED, "training diverged: " + what + " became " + value);
    }
  }
}
