package io.covey.models.training.gradient;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.StridedSlice;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.Placement;
import java.util.ArrayList;
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

  /**
   * One dimension of the input in a strided slice.
   *
   * @param begin the first element taken
   * @param stride how far apart elements are; negative when they come in reverse
   * @param size how many are taken; {@link GraphTensor#ANY} when all of an unknown number
   */
  private record Range(int begin, int stride, int size) {}

  static void stridedSlice(GradientScope scope) {
    Emitter emit = scope.emit();
    Placement placement = new Placement(emit);
    List<Integer> shape = scope.inputShape(0);
    List<Range> ranges = ranges(scope, shape);
    // The part with every dimension of the input, also those that the slice dropped or added.
    List<Integer> whole = new ArrayList<>(ranges.stream().map(Range::size).toList());
    int placed = emit.reshape(scope.gradient(), whole);
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

  private static List<Range> ranges(GradientScope scope, List<Integer> shape) {
    StridedSlice options = scope.options(StridedSlice.class);
    int[] begin = scope.requireInts(1);
    int[] end = scope.requireInts(2);
    int[] stride = scope.requireInts(3);
    int named = begin.length - Integer.bitCount(options.newAxisMask() | options.ellipsisMask());
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < begin.length; i++) {
      int bit = 1 << i;
      if ((options.ellipsisMask() & bit) != 0) {
        if (options.endIsOffset()) {
          throw scope.unsupported(
              "its ends are offsets beside an ellipsis, which the kernel empties");
        }
        int skipped = shape.size() - named;
        for (int j = 0; j < skipped; j++) {
          ranges.add(new Range(0, 1, shape.get(ranges.size())));
        }
      } else if ((options.newAxisMask() & bit) == 0) {
        int size = shape.get(ranges.size());
        int stop = options.endIsOffset() ? begin[i] + end[i] : end[i];
        ranges.add(range(scope, size, new Bounds(begin[i], stop, stride[i], bit, options)));
      }
    }
    while (ranges.size() < shape.size()) {
      ranges.add(new Range(0, 1, shape.get(ranges.size())));
    }
    return ranges;
  }

  /** What a strided slice says of one dimension. */
  private record Bounds(int begin, int end, int stride, int bit, StridedSlice options) {

    boolean isBeginOpen() {
      return (options.beginMask() & bit) != 0;
    }

    boolean isEndOpen() {
      // The kernel does not look at the mask where ends are counted from the beginnings.
      return !options.endIsOffset() && (options.endMask() & bit) != 0;
    }

    boolean isShrunk() {
      return (options.shrinkAxisMask() & bit) != 0;
    }
  }

  /** The range in numbers from 0, as the kernel works it out. */
  private static Range range(GradientScope scope, int size, Bounds bounds) {
    boolean startsAtZero = bounds.isBeginOpen() || bounds.begin() == 0;
    if (size == GraphTensor.ANY) {
      requireWholeIfUnknown(
          scope,
          size,
          startsAtZero && bounds.isEndOpen() && bounds.stride() == 1 && !bounds.isShrunk());
      return new Range(0, 1, GraphTensor.ANY);
    }
    boolean isForward = bounds.stride() > 0;
    int last = isForward ? size : size - 1;
    int lowest = isForward ? 0 : -1;
    int begin = isForward ? 0 : size - 1;
    if (!bounds.isBeginOpen() || bounds.isShrunk()) {
      begin = clamp(counted(bounds.begin(), size), lowest, last);
    }
    if (bounds.isShrunk()) {
      return new Range(begin, 1, 1);
    }
    int end = isForward ? size : -1;
    if (!bounds.isEndOpen()) {
      end = clamp(counted(bounds.end(), size), lowest, last);
    }
    int span = isForward ? end - begin : begin - end;
    int step = Math.abs(bounds.stride());
    return new Range(begin, bounds.stride(), (span + step - 1) / step);
  }

  private static int counted(int index, int size) {
    return index < 0 ? index + size : index;
  }

  private static int clamp(int value, int low, int high) {
    return Math.max(low, Math.min(high, value));
  }
}
