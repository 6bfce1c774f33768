package io.covey.models.shape;

import io.covey.models.graph.OperatorOptions.OneHot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Operators that make numbers of shapes, and shapes of numbers. */
final class NumberShapes {

  private static final int LONGEST_RANGE = 256;

  private NumberShapes() {}

  static List<KnownTensor> shape(ShapeScope scope) {
    return List.of(KnownTensor.list(scope.shape(0)));
  }

  static List<KnownTensor> rank(ShapeScope scope) {
    return List.of(KnownTensor.scalar(scope.rank(0)));
  }

  static List<KnownTensor> fill(ShapeScope scope) {
    KnownTensor filled = KnownTensor.of(scope.numbers(0));
    List<Integer> value = scope.knownNumbers(1);
    boolean isFew = filled.elements() <= LONGEST_RANGE;
    return List.of(
        value == null || !isFew
            ? filled
            : new KnownTensor(
                filled.shape(), Collections.nCopies(filled.elements(), value.get(0))));
  }

  static List<KnownTensor> range(ShapeScope scope) {
    int from = scope.numbers(0, 1).get(0);
    int to = scope.numbers(1, 1).get(0);
    int step = scope.numbers(2, 1).get(0);
    if (step == 0) {
      throw new IllegalArgumentException("a range in steps of 0");
    }
    // No overflow: differences of two numbers below 2^31 fit in a long.
    long span = step > 0 ? (long) to - from : (long) from - to;
    long width = Math.abs((long) step);
    long size = Math.max(0, (span + width - 1) / width);
    if (size > LONGEST_RANGE) {
      return List.of(KnownTensor.of(List.of(Math.toIntExact(size))));
    }
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      // No overflow: it lies between both ends.
      numbers.add(from + i * step);
    }
    return List.of(KnownTensor.list(numbers));
  }

  static List<KnownTensor> oneHot(ShapeScope scope) {
    int axis = Shapes.dimension(scope.options(OneHot.class).axis(), scope.rank(0) + 1);
    List<Integer> shape = new ArrayList<>(scope.shape(0));
    shape.add(axis, scope.numbers(1, 1).get(0));
    return List.of(KnownTensor.of(shape));
  }

  /** Of BROADCAST_ARGS: the shape to which two shapes are broadcast. */
  static List<KnownTensor> broadcastArguments(ShapeScope scope) {
    return List.of(KnownTensor.list(Shapes.broadcast(scope.numbers(0), scope.numbers(1))));
  }
}
