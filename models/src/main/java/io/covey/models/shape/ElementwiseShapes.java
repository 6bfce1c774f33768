package io.covey.models.shape;

import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;

/** Operators that look at each element for itself, or at pairs of elements. */
final class ElementwiseShapes {

  private ElementwiseShapes() {}

  static List<KnownTensor> same(ShapeScope scope) {
    return List.of(KnownTensor.of(scope.shape(0)));
  }

  static List<KnownTensor> broadcast(ShapeScope scope) {
    return List.of(KnownTensor.of(Shapes.broadcast(scope.shape(0), scope.shape(1))));
  }

  /** Of PRELU: factors give way to what they multiply, not the other way round. */
  static List<KnownTensor> factors(ShapeScope scope) {
    List<Integer> shape = scope.shape(0);
    if (!Shapes.broadcast(shape, scope.shape(1)).equals(shape)) {
      throw new IllegalArgumentException(
          "factors of shape " + scope.shape(1) + " do not fit " + shape);
    }
    return same(scope);
  }

  static List<KnownTensor> sameForAll(ShapeScope scope) {
    for (int i = 1; i < scope.count(); i++) {
      if (!scope.shape(i).equals(scope.shape(0))) {
        throw new IllegalArgumentException(
            "summands have the shapes " + scope.shape(0) + " and " + scope.shape(i));
      }
    }
    return same(scope);
  }

  /** Of SELECT: a condition for each element, or for each slice along the first dimension. */
  static List<KnownTensor> select(ShapeScope scope) {
    List<Integer> shape = scope.shape(1);
    List<Integer> condition = scope.shape(0);
    boolean isByRow =
        condition.size() == 1 && !shape.isEmpty() && condition.get(0).equals(shape.get(0));
    if (!scope.shape(2).equals(shape)
        || !(condition.isEmpty() || isByRow || condition.equals(shape))) {
      throw new IllegalArgumentException(
          "shapes " + condition + ", " + shape + " and " + scope.shape(2) + " do not fit");
    }
    return List.of(KnownTensor.of(shape));
  }

  /** Of SELECT_V2. */
  static List<KnownTensor> selectBroadcast(ShapeScope scope) {
    List<Integer> values = Shapes.broadcast(scope.shape(1), scope.shape(2));
    return List.of(KnownTensor.of(Shapes.broadcast(scope.shape(0), values)));
  }

  /** Of whole numbers, where they are known, the results are known, too. */
  static ShapeRule arithmetic(IntBinaryOperator function) {
    return scope -> {
      List<Integer> shape = Shapes.broadcast(scope.shape(0), scope.shape(1));
      List<Integer> a = scope.knownNumbers(0);
      List<Integer> b = scope.knownNumbers(1);
      int elements = KnownTensor.of(shape).elements();
      if (a == null || b == null || !isRepeated(a, elements) || !isRepeated(b, elements)) {
        return List.of(KnownTensor.of(shape));
      }
      List<Integer> numbers = new ArrayList<>();
      for (int i = 0; i < elements; i++) {
        numbers.add(function.applyAsInt(a.get(i % a.size()), b.get(i % b.size())));
      }
      return List.of(new KnownTensor(shape, numbers));
    };
  }

  /** Whether it has an element for each of the result, or one for all. */
  private static boolean isRepeated(List<Integer> numbers, int elements) {
    return numbers.size() == elements || numbers.size() == 1;
  }

  /** The quotient rounded towards zero, as the kernel of DIV has it. */
  static int quotient(int a, int b) {
    // The one quotient that overflows is refused like a division by zero.
    return b == -1 ? Math.negateExact(a) : a / b;
  }

  /** The quotient rounded down. */
  static int floorQuotient(int a, int b) {
    return b == -1 ? Math.negateExact(a) : Math.floorDiv(a, b);
  }

  static List<KnownTensor> negate(ShapeScope scope) {
    List<Integer> numbers = scope.knownNumbers(0);
    return List.of(
        new KnownTensor(
            scope.shape(0),
            numbers == null ? null : numbers.stream().map(Math::negateExact).toList()));
  }

  /** Whole numbers stay what they are between INT32 and INT64. */
  static List<KnownTensor> cast(ShapeScope scope) {
    boolean toWhole =
        scope.operator().options() instanceof OperatorOptions.Cast cast
            && (cast.to() == TensorType.INT32 || cast.to() == TensorType.INT64);
    return toWhole ? List.of(scope.input(0)) : same(scope);
  }
}
