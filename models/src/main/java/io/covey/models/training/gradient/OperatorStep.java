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

  @Override
  public void differentiate(Emitter emit, Gradients gradients) {
    GradientTable.of(operator, position)
        .differentiate(new GradientScope(emit, operator, position, gradients));
  }
}
