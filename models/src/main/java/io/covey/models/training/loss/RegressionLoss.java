package io.covey.models.training.loss;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/** The squared error, or Huber's with a threshold of 1; the mean over examples and values. */
final class RegressionLoss implements LossFunction {

  private final boolean isHuber;

  RegressionLoss(boolean isHuber) {
    this.isHuber = isHuber;
  }

  @Override
  public GraphTensor labels(List<Integer> scores) {
    return GraphTensor.computed("y", TensorType.FLOAT32, scores);
  }

  @Override
  public Step step(Emitter emit, int scores, int labels) {
    int count = emit.elementsOf(scores);
    int error = emit.subtract(scores, labels);
    int slope = isHuber ? clamped(emit, error) : emit.scale(error, 2f);
    int loss = emit.divide(emit.sumAll(each(emit, error)), count);
    return new Step(loss, emit.divide(slope, count));
  }

  @Override
  public Measures measure(Emitter emit, int scores, int labels) {
    Examples examples = Examples.of(emit, scores);
    int sum = emit.sumAll(each(emit, emit.subtract(scores, labels)));
    int count = examples.count(emit, scores);
    // A number is not right or wrong. Computed, since a signature cannot give a constant.
    int none = emit.subtract(count, count);
    return new Measures(emit.scale(sum, 1f / examples.valuesOfAnExample()), none, count, null);
  }

  /** With c the error clamped to -1..1: {@code c (e - c/2)}, quadratic inside, linear outside. */
  private int each(Emitter emit, int error) {
    if (!isHuber) {
      return emit.multiply(error, error);
    }
    int clamped = clamped(emit, error);
    return emit.multiply(clamped, emit.subtract(error, emit.scale(clamped, 0.5f)));
  }

  private static int clamped(Emitter emit, int error) {
    return emit.unary(Builtin.RELU_N1_TO_1, error);
  }
}
