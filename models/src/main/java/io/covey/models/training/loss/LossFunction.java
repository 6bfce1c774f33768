package io.covey.models.training.loss;

import io.covey.models.graph.GraphTensor;
import io.covey.models.training.emit.Emitter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A loss as a graph. */
public interface LossFunction {

  /**
   * The input {@code y}.
   *
   * @param scores the shape of what the model gives
   */
  GraphTensor labels(List<Integer> scores);

  /** Writes the mean loss of a batch, and its gradient with respect to the scores. */
  Step step(Emitter emit, int scores, int labels);

  /** Writes what {@code evaluate} gives. */
  Measures measure(Emitter emit, int scores, int labels);

  /**
   * What a training step needs.
   *
   * @param loss the mean loss, a scalar
   * @param gradient its gradient, of the scores' shape
   */
  record Step(int loss, int gradient) {}

  /**
   * Scalars that add up over batches.
   *
   * @param lossSum the sum of the examples' losses
   * @param correct how many examples were labelled as given; 0 where there is nothing like it
   * @param count how many examples there were, padding left out
   * @param confusion {@code [classes, classes]}, how many examples of each class (row) were taken
   *     for each class (column), or null where there are no classes
   */
  record Measures(int lossSum, int correct, int count, @Nullable Integer confusion) {}

  /** The loss function for a recipe. */
  static LossFunction of(Loss loss, LabelForm labels) {
    if (labels == LabelForm.SPARSE && loss != Loss.SOFTMAX_CROSS_ENTROPY) {
      throw new IllegalArgumentException(
          loss + " takes one label for each value of the output, not numbers of classes");
    }
    return switch (loss) {
      case SOFTMAX_CROSS_ENTROPY -> new SoftmaxCrossEntropy(labels);
      case SIGMOID_CROSS_ENTROPY -> new SigmoidCrossEntropy();
      case MEAN_SQUARED_ERROR -> new RegressionLoss(/* isHuber= */ false);
      case HUBER -> new RegressionLoss(/* isHuber= */ true);
    };
  }
}
