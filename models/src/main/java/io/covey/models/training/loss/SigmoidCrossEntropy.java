package io.covey.models.training.loss;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/** Cross entropy of classes that do not exclude each other, the mean over examples and classes. */
final class SigmoidCrossEntropy implements LossFunction {

  @Override
  public GraphTensor labels(List<Integer> scores) {
    return GraphTensor.computed("y", TensorType.FLOAT32, scores);
  }

  @Override
  public Step step(Emitter emit, int scores, int labels) {
    int count = emit.elementsOf(scores);
    int loss = emit.divide(emit.sumAll(each(emit, scores, labels)), count);
    int excess = emit.subtract(emit.unary(Builtin.LOGISTIC, scores), labels);
    return new Step(loss, emit.divide(excess, count));
  }

  @Override
  public Measures measure(Emitter emit, int scores, int labels) {
    Examples examples = Examples.of(emit, scores);
    int lossSum =
        emit.scale(emit.sumAll(each(emit, scores, labels)), 1f / examples.valuesOfAnExample());
    int rows = examples.rows(emit, scores);
    int taken = emit.comparison(Builtin.GREATER, rows, emit.scalar(0f));
    int truth = emit.comparison(Builtin.GREATER, examples.rows(emit, labels), emit.scalar(0.5f));
    int misses = emit.reduce(Builtin.REDUCE_MAX, different(emit, taken, truth), true, 1);
    int count = examples.count(emit, scores);
    int correct = emit.subtract(count, emit.sumAll(misses));
    return new Measures(
        lossSum,
        correct,
        count,
        examples.valuesOfAnExample() == 1 ? confusion(emit, truth, taken) : null);
  }

  /**
   * {@code max(z, 0) - z y + log(1 + exp(-|z|))}, which does not overflow (the TensorFlow manual,
   * {@code tf.nn.sigmoid_cross_entropy_with_logits}).
   */
  private static int each(Emitter emit, int z, int y) {
    int positive = emit.unary(Builtin.RELU, z);
    int decay = emit.unary(Builtin.EXP, emit.scale(emit.unary(Builtin.ABS, z), -1f));
    int tail = emit.unary(Builtin.LOG, emit.add(decay, emit.scalar(1f)));
    return emit.add(emit.subtract(positive, emit.multiply(z, y)), tail);
  }

  private static int different(Emitter emit, int a, int b) {
    return emit.binary(Builtin.SQUARED_DIFFERENCE, a, b);
  }

  private static int confusion(Emitter emit, int truth, int taken) {
    return emit.matrixProduct(both(emit, truth), true, both(emit, taken), false);
  }

  /** {@code [n, 1]} of 0 and 1 as {@code [n, 2]}: not, and yes. */
  private static int both(Emitter emit, int yes) {
    return emit.concatenate(1, emit.subtract(emit.scalar(1f), yes), yes);
  }
}
