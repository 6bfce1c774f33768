package io.covey.models.training;

import io.covey.models.training.loss.LabelForm;
import io.covey.models.training.loss.Loss;
import io.covey.models.training.optimizer.LocalOptimizer;
import io.covey.models.training.optimizer.OptimizerStep;
import java.util.Objects;

/**
 * How a plain graph is to be made trainable.
 *
 * @param loss what training makes small
 * @param labels how {@code y} says what is right
 * @param optimizer how gradients become steps
 * @param terms what else a step has
 * @param selection which parameters train
 */
public record TrainingRecipe(
    Loss loss,
    LabelForm labels,
    LocalOptimizer optimizer,
    OptimizerStep.Terms terms,
    TrainableSelection selection) {

  /** Softmax cross entropy with dense labels, plain gradient descent, every parameter. */
  public static final TrainingRecipe DEFAULT =
      new TrainingRecipe(
          Loss.SOFTMAX_CROSS_ENTROPY,
          LabelForm.DENSE,
          new LocalOptimizer.Sgd(),
          OptimizerStep.Terms.NONE,
          new TrainableSelection.All());

  /** Checks. */
  public TrainingRecipe {
    Objects.requireNonNull(loss, "loss");
    Objects.requireNonNull(labels, "labels");
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(terms, "terms");
    Objects.requireNonNull(selection, "selection");
  }

  /** This recipe with another loss. */
  public TrainingRecipe with(Loss newLoss) {
    return new TrainingRecipe(newLoss, labels, optimizer, terms, selection);
  }

  /** This recipe with another form of labels. */
  public TrainingRecipe with(LabelForm newLabels) {
    return new TrainingRecipe(loss, newLabels, optimizer, terms, selection);
  }

  /** This recipe with another optimizer. */
  public TrainingRecipe with(LocalOptimizer newOptimizer) {
    return new TrainingRecipe(loss, labels, newOptimizer, terms, selection);
  }

  /** This recipe with other terms. */
  public TrainingRecipe with(OptimizerStep.Terms newTerms) {
    return new TrainingRecipe(loss, labels, optimizer, newTerms, selection);
  }

  /** This recipe for other parameters. */
  public TrainingRecipe with(TrainableSelection newSelection) {
    return new TrainingRecipe(loss, labels, optimizer, terms, newSelection);
  }
}
