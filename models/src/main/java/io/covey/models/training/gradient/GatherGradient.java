package io.covey.models.training.gradient;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Gather;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.Shapes;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of a table by their numbers, such as an embedding: each row's gradients are summed, which
 * SCATTER_ND does with numbers that occur more than once.
 */
final class GatherGradient implements OperatorGradient {

  @Override
  public void differentiate(GradientScope scope) {
    Gather options = scope.options(Gather.class);
    if (options.axis() != 0 || options.batchDimensions() != 0) {
      throw scope.unsupported("it gathers along dimension " + options.axis() + ", not the first");
    }
    scope.requireKnown(0, 0);
    Emitter emit = scope.emit();
    List<Integer> table = scope.inputShape(0);
    int numbers = emit.cast(scope.input(1), TensorType.INT32);
    int rows = emit.reshape(numbers, List.of(GraphTensor.ANY, 1));
    List<Integer> row = new ArrayList<>(table);
    row.set(0, GraphTensor.ANY);
    scope.give(
        0,
        emit.float32(
            Builtin.SCATTER_ND,
            table,
            OperatorOptions.none(),
            rows,
            emit.reshape(scope.gradient(), row),
            emit.ints(Shapes.array(table))));
  }
}
