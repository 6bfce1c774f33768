package io.covey.models.training.gradient;

import io.covey.models.graph.GraphOperator;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * One operator, by the rule in {@link GradientTable}.
 *
 * @param operator between tensors of the graph that is written
 * @param position where it stands in the plain graph, for messages
 */
public record OperatorStep(GraphOperator operator, int position) implements ForwardStep {

  @Override
  public List<Integer> inputs() {
    return operator.inputs();
  }

  @Override
  public List<Integer> outputs() {
    return operator.outputs();
  }

  @Override
  public boolean stopsGradient() {
    return GradientTable.stopsGradient(operator.code());
  }

  /**
   * Differentiates it. What a rule finds impossible about a file's shapes and numbers is a refusal,
   * which names the place: rules lean on what converters write.
   */
  @Override
  public void differentiate(Emitter emit, Gradients gradients) {
    try {
      GradientTable.of(operator, position)
          .differentiate(new GradientScope(emit, operator, position, gradients));
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      throw new UnsupportedGradientException(
          position, "its shapes or settings do not fit its rule: " + e.getMessage(), e);
    }
  }
}
