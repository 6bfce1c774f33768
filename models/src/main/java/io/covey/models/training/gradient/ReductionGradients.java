package io.covey.models.training.gradient;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.CumulativeSum;
import io.covey.models.shape.Shapes;
import io.covey.models.training.emit.Emitter;
import java.util.Arrays;
import java.util.List;

/** The rules of sums, means and extremes over dimensions. */
final class ReductionGradients {

  private ReductionGradients() {}

  /** The reduced dimensions, counted from 0. */
  private static int[] axes(GradientScope scope) {
    int rank = scope.inputShape(0).size();
    return Arrays.stream(scope.requireInts(1))
        .map(axis -> Shapes.dimension(axis, rank))
        .distinct()
        .toArray();
  }

  /** A tensor of the result's shape, with the reduced dimensions back as 1. */
  private static int withDimensions(GradientScope scope, int reduced) {
    List<Integer> kept = Shapes.reduced(scope.inputShape(0), true, axes(scope));
    return scope.emit().reshape(reduced, kept);
  }

  static void sum(GradientScope scope) {
    scope.give(
        0, scope.emit().broadcastLike(withDimensions(scope, scope.gradient()), scope.input(0)));
  }

  static void mean(GradientScope scope) {
    Emitter emit = scope.emit();
    int gradient = withDimensions(scope, scope.gradient());
    int count = 1;
    for (int axis : axes(scope)) {
      int size = scope.inputShape(0).get(axis);
      count = size == GraphTensor.ANY || count < 0 ? GraphTensor.ANY : count * size;
    }
    int share =
        count > 0
            ? emit.scale(gradient, 1f / count)
            : emit.multiply(
                gradient,
                emit.divide(emit.elementsOf(scope.output()), emit.elementsOf(scope.input(0))));
    scope.give(0, emit.broadcastLike(share, scope.input(0)));
  }

  /** Of REDUCE_MAX and REDUCE_MIN: in equal shares to all that are extreme, as in TensorFlow. */
  static void extreme(GradientScope scope) {
    Emitter emit = scope.emit();
    int extreme = withDimensions(scope, scope.output());
    int isExtreme = emit.comparison(Builtin.EQUAL, scope.input(0), extreme);
    int count = emit.sum(isExtreme, /* keepDimensions= */ true, axes(scope));
    int share = emit.divide(withDimensions(scope, scope.gradient()), count);
    scope.give(0, emit.multiply(isExtreme, share));
  }

  /** A running sum from the other end. */
  static void cumulativeSum(GradientScope scope) {
    CumulativeSum options = scope.options(CumulativeSum.class);
    scope.give(
        0,
        scope
            .emit()
            .float32(
                Builtin.CUMSUM,
                scope.inputShape(0),
                new CumulativeSum(options.isExclusive(), !options.isReverse()),
                scope.gradient(),
                scope.input(1)));
  }
}
