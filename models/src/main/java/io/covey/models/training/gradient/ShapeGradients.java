package io.covey.models.training.gradient;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.Concatenation;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.Shapes;
import java.util.List;

/** The rules of what only moves elements. */
final class ShapeGradients {

  private ShapeGradients() {}

  /** Of RESHAPE, SQUEEZE and EXPAND_DIMS. */
  static void reshape(GradientScope scope) {
    scope.give(0, scope.emit().reshapeLike(scope.gradient(), scope.input(0)));
  }

  static void transpose(GradientScope scope) {
    int[] permutation = scope.requireInts(1);
    scope.give(0, scope.emit().transpose(scope.gradient(), Shapes.inverse(permutation)));
  }

  static void concatenation(GradientScope scope) {
    Concatenation options = scope.options(Concatenation.class);
    Emitter emit = scope.emit();
    int gradient = scope.gradientBefore(options.activation());
    int rank = scope.outputShape().size();
    int axis = Shapes.dimension(options.axis(), rank);
    int from = 0;
    for (int i = 0; i < scope.inputs(); i++) {
      int size = scope.inputShape(i).get(axis);
      if (size == GraphTensor.ANY) {
        throw scope.unsupported("it joins along a dimension of which each call chooses the size");
      }
      if (scope.wants(i)) {
        int[] begin = new int[rank];
        begin[axis] = from;
        scope.give(i, emit.slice(gradient, begin, Shapes.array(scope.inputShape(i))));
      }
      from += size;
    }
  }

  static void pad(GradientScope scope) {
    int[] paddings = scope.requireInts(1);
    List<Integer> shape = scope.inputShape(0);
    int[] begin = new int[shape.size()];
    for (int i = 0; i < begin.length; i++) {
      begin[i] = paddings[2 * i];
      if (shape.get(i) == GraphTensor.ANY && paddings[2 * i] + paddings[2 * i + 1] != 0) {
        throw scope.unsupported("it pads a dimension of which each call chooses the size");
      }
    }
    scope.give(0, scope.emit().slice(scope.gradient(), begin, Shapes.array(shape)));
  }
}
