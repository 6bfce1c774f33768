package io.covey.models.training.gradient;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Gather;
import io.covey.models.graph.TensorType;
import io.covey.models.shape.Shapes;
import io.covey.models.training.emit.Emitter;
import java.util.ArrayList;
import java.util.List;

/** Slices of a tensor by their numbers: each slice's gradients are summed. */
final class GatherGradient implements OperatorGradient {

  @Override
  public void differentiate(GradientScope scope) {
    Gather options = scope.options(Gather.class);
    if (options.batchDimensions() != 0) {
      throw scope.unsupported("it gathers for each example from other slices");
    }
    int axis = Shapes.dimension(options.axis(), scope.inputShape(0).size());
    boolean isTable = axis == 0 && !scope.inputShape(0).contains(GraphTensor.ANY);
    scope.give(0, isTable ? rows(scope) : slices(scope, axis));
  }

  /** Rows of a table, such as an embedding: SCATTER_ND sums those that occur more than once. */
  private static int rows(GradientScope scope) {
    Emitter emit = scope.emit();
    List<Integer> table = scope.inputShape(0);
    int numbers = emit.cast(scope.input(1), TensorType.INT32);
    List<Integer> row = new ArrayList<>(table);
    row.set(0, GraphTensor.ANY);
    return emit.float32(
        Builtin.SCATTER_ND,
        table,
        OperatorOptions.none(),
        emit.reshape(numbers, List.of(GraphTensor.ANY, 1)),
        emit.reshape(scope.gradient(), row),
        emit.ints(Shapes.array(table)));
  }

  /** Along another dimension: a product with rows that are 1 at the slice's number. */
  private static int slices(GradientScope scope, int axis) {
    Emitter emit = scope.emit();
    List<Integer> shape = scope.inputShape(0);
    int size = shape.get(axis);
    int count = Shapes.elements(scope.inputShape(1));
    int inner = Shapes.elements(shape.subList(axis + 1, shape.size()));
    if (size == GraphTensor.ANY || count == GraphTensor.ANY || inner == GraphTensor.ANY) {
      throw scope.unsupported("it gathers along a dimension of which each call chooses the size");
    }
    int numbers = emit.reshape(emit.cast(scope.input(1), TensorType.INT32), List.of(count));
    int chosen =
        emit.float32(
            Builtin.ONE_HOT,
            List.of(count, size),
            new OperatorOptions.OneHot(-1),
            numbers,
            emit.intScalar(size),
            emit.scalar(1f),
            emit.scalar(0f));
    int slices = emit.reshape(scope.gradient(), List.of(GraphTensor.ANY, count, inner));
    int summed =
        emit.matrixProduct(emit.reshape(chosen, List.of(1, count, size)), true, slices, false);
    return emit.reshapeLike(summed, scope.input(0));
  }

  /** Of GATHER_ND: elements or slices by lists of numbers. */
  static void byLists(GradientScope scope) {
    Emitter emit = scope.emit();
    scope.give(
        0,
        emit.float32(
            Builtin.SCATTER_ND,
            scope.inputShape(0),
            OperatorOptions.none(),
            emit.cast(scope.input(1), TensorType.INT32),
            scope.gradient(),
            emit.shapeOf(scope.input(0))));
  }
}
