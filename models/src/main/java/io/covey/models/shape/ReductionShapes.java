package io.covey.models.shape;

import io.covey.models.graph.OperatorOptions.Reduction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;

/** Operators that give one element for many. */
final class ReductionShapes {

  private ReductionShapes() {}

  static List<KnownTensor> reduce(ShapeScope scope) {
    return List.of(KnownTensor.of(reduced(scope)));
  }

  private static List<Integer> reduced(ShapeScope scope) {
    int[] axes =
        scope.numbers(1).stream().mapToInt(axis -> scope.axis(axis, 0)).distinct().toArray();
    boolean isKept =
        scope
            .optionsOr(Reduction.class, new Reduction(/* keepDimensions= */ false))
            .keepDimensions();
    return Shapes.reduced(scope.shape(0), isKept, axes);
  }

  /** Where all elements are known and become one, that is known, too. */
  static ShapeRule fold(IntBinaryOperator function) {
    return scope -> {
      KnownTensor result = KnownTensor.of(reduced(scope));
      List<Integer> numbers = scope.knownNumbers(0);
      if (numbers == null || numbers.isEmpty() || result.elements() != 1) {
        return List.of(result);
      }
      int folded = numbers.get(0);
      for (int number : numbers.subList(1, numbers.size())) {
        folded = function.applyAsInt(folded, number);
      }
      return List.of(new KnownTensor(result.shape(), List.of(folded)));
    };
  }

  /** Of ARG_MAX and ARG_MIN. */
  static List<KnownTensor> position(ShapeScope scope) {
    List<Integer> shape = new ArrayList<>(scope.shape(0));
    shape.remove(scope.axis(scope.numbers(1, 1).get(0), 0));
    return List.of(KnownTensor.of(shape));
  }

  /** Of TOPK_V2: the largest of the last dimension, and where they stand. */
  static List<KnownTensor> largest(ShapeScope scope) {
    List<Integer> shape = scope.shape(0);
    int last = scope.axis(-1, 0);
    int count = scope.numbers(1, 1).get(0);
    if (count > shape.get(last)) {
      throw new IllegalArgumentException("the largest " + count + " of " + shape.get(last));
    }
    KnownTensor result = KnownTensor.of(Shapes.with(shape, last, count));
    return List.of(result, result);
  }
}
