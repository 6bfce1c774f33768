package io.covey.models.training.loss;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * Cross entropy of one class among several. All dimensions but the last are the batch. A row of
 * labels without any class is padding: it counts nowhere.
 */
final class SoftmaxCrossEntropy implements LossFunction {

  private final LabelForm form;

  SoftmaxCrossEntropy(LabelForm form) {
    this.form = form;
  }

  @Override
  public GraphTensor labels(List<Integer> scores) {
    return form == LabelForm.SPARSE
        ? GraphTensor.computed("y", TensorType.INT32, scores.subList(0, scores.size() - 1))
        : GraphTensor.computed("y", TensorType.FLOAT32, scores);
  }

  @Override
  public Step step(Emitter emit, int scores, int labels) {
    int logits = rows(emit, scores);
    int y = oneHot(emit, labels, classes(emit, scores));
    int logProbabilities = emit.unary(Builtin.LOG_SOFTMAX, logits);
    int count = emit.binary(Builtin.MAXIMUM, emit.sumAll(y), emit.scalar(1f));
    int loss = emit.divide(lossSum(emit, y, logProbabilities), count);
    int present = emit.sum(y, /* keepDimensions= */ true, 1);
    int probabilities = emit.unary(Builtin.EXP, logProbabilities);
    int excess = emit.subtract(emit.multiply(probabilities, present), y);
    return new Step(loss, emit.reshapeLike(emit.divide(excess, count), scores));
  }

  @Override
  public Measures measure(Emitter emit, int scores, int labels) {
    int classes = classes(emit, scores);
    int logits = rows(emit, scores);
    int y = oneHot(emit, labels, classes);
    int logProbabilities = emit.unary(Builtin.LOG_SOFTMAX, logits);
    int taken = Classes.oneHot(emit, Classes.largest(emit, logits), classes);
    int truth = Classes.oneHot(emit, Classes.largest(emit, y), classes);
    int hits = emit.sum(emit.multiply(taken, truth), /* keepDimensions= */ true, 1);
    int present = emit.sum(y, /* keepDimensions= */ true, 1);
    return new Measures(
        lossSum(emit, y, logProbabilities),
        emit.sumAll(emit.multiply(hits, present)),
        emit.sumAll(y),
        emit.matrixProduct(y, true, taken, false));
  }

  private static int lossSum(Emitter emit, int y, int logProbabilities) {
    return emit.scale(emit.sumAll(emit.multiply(y, logProbabilities)), -1f);
  }

  private static int classes(Emitter emit, int scores) {
    List<Integer> shape = emit.shape(scores);
    return shape.get(shape.size() - 1);
  }

  private static int rows(Emitter emit, int scores) {
    return emit.reshape(scores, List.of(GraphTensor.ANY, classes(emit, scores)));
  }

  /** The labels as rows {@code [n, classes]}; -1 makes a row of zeros. */
  private int oneHot(Emitter emit, int labels, int classes) {
    return form == LabelForm.SPARSE
        ? Classes.oneHot(emit, emit.reshape(labels, List.of(GraphTensor.ANY)), classes)
        : emit.reshape(labels, List.of(GraphTensor.ANY, classes));
  }

  /** Numbers of classes, and rows that are 1 at one. */
  private static final class Classes {

    private Classes() {}

    static int largest(Emitter emit, int rows) {
      return emit.operator(
          Builtin.ARG_MAX,
          TensorType.INT32,
          List.of(emit.shape(rows).get(0)),
          new OperatorOptions.ArgMax(TensorType.INT32),
          rows,
          emit.intScalar(1));
    }

    static int oneHot(Emitter emit, int numbers, int classes) {
      return emit.float32(
          Builtin.ONE_HOT,
          List.of(emit.shape(numbers).get(0), classes),
          new OperatorOptions.OneHot(-1),
          numbers,
          emit.intScalar(classes),
          emit.scalar(1f),
          emit.scalar(0f));
    }
  }
}
