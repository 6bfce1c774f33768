package io.covey.models.training.gradient;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.StridedSlice;
import io.covey.models.shape.StridedRanges;
import io.covey.models.shape.StridedRanges.Range;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.Placement;
import java.util.Arrays;
import java.util.List;

/** The rules of taking a part: the gradient goes back to where the part was. */
final class SliceGradients {

  private SliceGradients() {}

  static void slice(GradientScope scope) {
    int[] begin = scope.requireInts(1);
    List<Integer> shape = scope.inputShape(0);
    Placement placement = new Placement(scope.emit());
    int placed = scope.gradient();
    for (int axis = 0; axis < begin.length; axis++) {
      requireWholeIfUnknown(scope, shape.get(axis), begin[axis] == 0);
      placed = placement.place(placed, axis, begin[axis], shape.get(axis));
    }
    scope.give(0, placed);
  }

  private static void requireWholeIfUnknown(GradientScope scope, int size, boolean isWhole) {
    if (size == GraphTensor.ANY && !isWhole) {
      throw scope.unsupported("it takes a part of a dimension of which each call chooses the size");
    }
  }

  static void stridedSlice(GradientScope scope) {
    Emitter emit = scope.emit();
    Placement placement = new Placement(emit);
    List<Integer> shape = scope.inputShape(0);
    List<Range> ranges =
        StridedRanges.of(
                shape,
                scope.options(StridedSlice.class),
                new StridedRanges.Bounds(numbers(scope, 1), numbers(scope, 2), numbers(scope, 3)))
            .ranges();
    // The part with every dimension of the input, also those that the slice dropped or added.
    int placed = emit.reshape(scope.gradient(), ranges.stream().map(Range::size).toList());
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      Range range = ranges.get(axis);
      if (range.size() == GraphTensor.ANY) {
        continue;
      }
      int first = range.begin();
      if (range.stride() < 0) {
        placed = emit.reverse(placed, axis);
        first += (range.size() - 1) * range.stride();
      }
      placed = placement.spread(placed, axis, Math.abs(range.stride()));
      placed = placement.place(placed, axis, first, shape.get(axis));
    }
    scope.give(0, placed);
  }

  private static List<Integer> numbers(GradientScope scope, int input) {
    return Arrays.stream(scope.requireInts(input)).boxed().toList();
  }
}
