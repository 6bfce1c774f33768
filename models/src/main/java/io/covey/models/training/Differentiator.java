package io.covey.models.training;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.Subgraph;
import io.covey.models.training.ParameterSearch.Parameter;
import io.covey.models.training.gradient.UnsupportedGradientException;
import java.util.List;

/**
 * Derives a trainable graph from a plain inference graph, with builtin operators only: the
 * parameters become variables, and five signatures use them.
 *
 * <ul>
 *   <li>{@code infer(x) -> output}
 *   <li>{@code train(x, y, learning_rate, ...) -> loss}, the mean loss before the step
 *   <li>{@code evaluate(x, y) -> loss_sum, correct, count}, and {@code confusion} where there are
 *       classes
 *   <li>{@code parameters() -> w00, ...}
 *   <li>{@code restore(w00, ...) -> ok}, which also begins the optimizer's state anew
 * </ul>
 *
 * <p>Each begins with an initialiser that runs once and assigns the file's own values: the native
 * runtime gives no error, but garbage, for a variable that nothing assigned. Batches have any size.
 *
 * <p>Thread rule: any thread.
 */
public final class Differentiator {

  private Differentiator() {}

  /**
   * Derives it.
   *
   * @throws ModelException when the runtime would refuse {@code plain}, an operator on the way from
   *     a parameter to the loss cannot be differentiated (saying which, where, and what to freeze),
   *     nothing trains, or the graph has other than one input and one output
   */
  public static TrainableModel derive(ModelGraph plain, TrainingRecipe recipe) {
    return derive(plain, recipe, /* withGradients= */ false);
  }

  /**
   * As {@link #derive}, with one more signature, {@code gradients(x, y) -> loss, g00, ...}, by
   * which gradients are compared with others'.
   */
  public static TrainableModel deriveWithGradients(ModelGraph plain, TrainingRecipe recipe) {
    return derive(plain, recipe, /* withGradients= */ true);
  }

  private static TrainableModel derive(
      ModelGraph plain, TrainingRecipe recipe, boolean withGradients) {
    plain.check(ModelLimits.DEFAULT);
    PlainPositions positions = PlainPositions.of(plain.main());
    Subgraph main = AnyBatch.of(plain, positions);
    List<Parameter> parameters =
        ParameterSearch.find(main, positions.withoutDead(recipe.selection()));
    requireSome(parameters, recipe.selection());
    try {
      TrainableModel model = new TrainableAssembly(main, recipe, parameters, withGradients).build();
      return positions.inPlain(model);
    } catch (UnsupportedGradientException e) {
      throw new Freezing(main, parameters, positions).explain(e);
    }
  }

  private static void requireSome(List<Parameter> parameters, TrainableSelection selection) {
    if (parameters.isEmpty()) {
      throw new ModelException(
          Reason.UNSUPPORTED_CONVENTION,
          "nothing of the model would train: it has no FLOAT32 parameter"
              + (selection instanceof TrainableSelection.Matching matching
                  ? " whose name matches " + matching.names()
                  : "; give the float model, from before it was quantized"));
    }
  }
}
