package io.covey.coordinator.workbench;

import io.covey.models.runtime.Evaluation;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.launch.CommandFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Trains on this machine, epoch by epoch.
 *
 * <p>Thread rule: one thread.
 */
final class LocalRun {

  private final TrainingSession session;
  private final Plan plan;

  LocalRun(TrainingSession session, Plan plan) {
    this.session = session;
    this.plan = plan;
  }

  /**
   * How to train.
   *
   * @param epochs passes over the examples
   * @param batch examples in a step
   * @param wholeBatches whether examples that do not fill one are left out, as a model needs that
   *     was exported for one size
   * @param learningRate how far a step goes
   */
  record Plan(int epochs, int batch, boolean wholeBatches, float learningRate) {}

  /** What came of it. */
  static final class Result {
    private final List<Double> losses;
    private final Evaluation measured;
    private final float[] values;
    private final int trainedOn;

    Result(List<Double> losses, Evaluation measured, float[] values, int trainedOn) {
      this.losses = List.copyOf(losses);
      this.measured = measured;
      this.values = values.clone();
      this.trainedOn = trainedOn;
    }

    /** The mean loss of each epoch. */
    List<Double> losses() {
      return losses;
    }

    double lastLoss() {
      return losses.get(losses.size() - 1);
    }

    int trainedOn() {
      return trainedOn;
    }

    long heldOut() {
      return measured.count();
    }

    double heldOutLoss() {
      return measured.meanLoss();
    }

    double accuracy() {
      return measured.accuracy();
    }

    float[] values() {
      return values.clone();
    }
  }

  /**
   * Trains.
   *
   * @param holdOut the part of the examples to measure with
   * @param progress told of each epoch
   */
  Result train(Examples all, double holdOut, Random random, Consumer<String> progress) {
    Examples shuffled = all.shuffled(random);
    int held = (int) Math.round(shuffled.size() * holdOut) / plan.batch() * plan.batch();
    held = held == 0 && holdOut > 0 ? Math.min(plan.batch(), shuffled.size() / 2) : held;
    Examples training = shuffled.part(held, shuffled.size());
    if (training.size() < 1) {
      throw CommandFailedException.failed(
          "there are only " + all.size() + " examples", "give more, or a smaller --hold-out");
    }
    List<Double> losses = new ArrayList<>();
    for (int epoch = 1; epoch <= plan.epochs(); epoch++) {
      losses.add(epoch(training.shuffled(random)));
      Evaluation measured = measure(shuffled.part(0, held));
      progress.accept(line(epoch, losses.get(losses.size() - 1), measured));
    }
    float[] values = new float[session.layout().size()];
    session.readParameters(values);
    return new Result(losses, measure(shuffled.part(0, held)), values, training.size());
  }

  private static String line(int epoch, double loss, Evaluation measured) {
    return measured.count() == 0
        ? "epoch %d: loss %.4f".formatted(epoch, loss)
        : "epoch %d: loss %.4f, held out %.4f, %.1f %% correct"
            .formatted(epoch, loss, measured.meanLoss(), 100 * measured.accuracy());
  }

  /**
   * Batches of as equal a size as can be, the larger ones first: a last one of a few examples would
   * be a step as large as any in an almost random direction.
   */
  private double epoch(Examples examples) {
    int steps =
        plan.wholeBatches()
            ? examples.size() / plan.batch()
            : (examples.size() + plan.batch() - 1) / plan.batch();
    int count = plan.wholeBatches() ? steps * plan.batch() : examples.size();
    double sum = 0;
    int from = 0;
    for (int i = 0; i < steps; i++) {
      int size = count / steps + (i < count % steps ? 1 : 0);
      sum += size * (double) step(examples.part(from, from + size));
      from += size;
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  private float step(Examples part) {
    return part.haveClasses()
        ? session.train(part.features(), part.classes(), part.size(), plan.learningRate())
        : session.train(part.features(), part.values(), part.size(), plan.learningRate());
  }

  private Evaluation measure(Examples examples) {
    Evaluation sum = Evaluation.NOTHING;
    if (!session.canEvaluate()) {
      return sum;
    }
    for (int from = 0; from < examples.size(); from += plan.batch()) {
      Examples part = examples.part(from, Math.min(from + plan.batch(), examples.size()));
      sum =
          sum.plus(
              part.haveClasses()
                  ? session.evaluate(part.features(), part.classes(), part.size())
                  : session.evaluate(part.features(), part.values(), part.size()));
    }
    return sum;
  }
}
