package io.covey.models.shape;

import io.covey.models.graph.OperatorOptions.Gather;
import io.covey.models.graph.OperatorOptions.StridedSlice;
import java.util.ArrayList;
import java.util.List;

/** Operators that take a part. Of a list, known numbers stay known. */
final class SliceShapes {

  private SliceShapes() {}

  static List<KnownTensor> slice(ShapeScope scope) {
    List<Integer> whole = scope.shape(0);
    List<Integer> begin = scope.numbers(1, whole.size());
    List<Integer> size = scope.numbers(2, whole.size());
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < whole.size(); i++) {
      int left = whole.get(i) - begin.get(i);
      int taken = size.get(i) == -1 ? left : size.get(i);
      if (begin.get(i) < 0 || taken < 0 || taken > left) {
        throw new IllegalArgumentException(
            "the part of " + size + " at " + begin + " is not in " + whole);
      }
      shape.add(taken);
    }
    List<Integer> numbers = scope.knownNumbers(0);
    return List.of(
        numbers == null || whole.size() != 1
            ? KnownTensor.of(shape)
            : KnownTensor.list(numbers.subList(begin.get(0), begin.get(0) + shape.get(0))));
  }

  static List<KnownTensor> stridedSlice(ShapeScope scope) {
    StridedSlice options = scope.options(StridedSlice.class);
    StridedRanges ranges =
        StridedRanges.of(
            scope.shape(0),
            options,
            new StridedRanges.Bounds(scope.numbers(1), scope.numbers(2), scope.numbers(3)));
    List<Integer> numbers = scope.knownNumbers(0);
    if (numbers == null || scope.rank(0) != 1) {
      return List.of(KnownTensor.of(ranges.shape()));
    }
    StridedRanges.Range range = ranges.ranges().get(0);
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < range.size(); i++) {
      taken.add(numbers.get(range.begin() + i * range.stride()));
    }
    return List.of(new KnownTensor(ranges.shape(), taken));
  }

  static List<KnownTensor> gather(ShapeScope scope) {
    Gather options = scope.optionsOr(Gather.class, new Gather(0, 0));
    List<Integer> table = scope.shape(0);
    List<Integer> which = scope.shape(1);
    int axis = scope.axis(options.axis(), 0);
    int batches =
        options.batchDimensions() < 0
            ? options.batchDimensions() + which.size()
            : options.batchDimensions();
    if (batches > axis || !table.subList(0, batches).equals(which.subList(0, batches))) {
      throw new IllegalArgumentException(
          "shapes " + table + " and " + which + " do not share " + batches + " dimensions");
    }
    List<Integer> shape = new ArrayList<>(table.subList(0, axis));
    shape.addAll(which.subList(batches, which.size()));
    shape.addAll(table.subList(axis + 1, table.size()));
    List<Integer> from = scope.knownNumbers(0);
    List<Integer> positions = scope.knownNumbers(1);
    return List.of(
        from == null || positions == null || table.size() != 1
            ? KnownTensor.of(shape)
            : new KnownTensor(shape, positions.stream().map(from::get).toList()));
  }

  /** Of GATHER_ND: lists of numbers, each as long as it names dimensions. */
  static List<KnownTensor> gatherByLists(ShapeScope scope) {
    List<Integer> table = scope.shape(0);
    List<Integer> lists = scope.shape(1);
    int last = scope.axis(-1, 1);
    List<Integer> shape = new ArrayList<>(lists.subList(0, last));
    shape.addAll(table.subList(lists.get(last), table.size()));
    return List.of(KnownTensor.of(shape));
  }

  /** Of SCATTER_ND, which is told the shape. */
  static List<KnownTensor> scatter(ShapeScope scope) {
    return List.of(KnownTensor.of(scope.numbers(2)));
  }
}
