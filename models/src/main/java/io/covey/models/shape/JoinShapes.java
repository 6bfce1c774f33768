package io.covey.models.shape;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.Concatenation;
import io.covey.models.graph.OperatorOptions.Pack;
import io.covey.models.graph.OperatorOptions.Unpack;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators that join and split. Along the first dimension, known numbers stay known. */
final class JoinShapes {

  private JoinShapes() {}

  static List<KnownTensor> concatenation(ShapeScope scope) {
    int axis = scope.axis(scope.options(Concatenation.class).axis(), 0);
    int total = 0;
    for (int i = 0; i < scope.count(); i++) {
      List<Integer> shape = scope.shape(i, scope.rank(0));
      requireSame(Shapes.with(shape, axis, 1), Shapes.with(scope.shape(0), axis, 1));
      total = Math.addExact(total, shape.get(axis));
    }
    List<Integer> shape = Shapes.with(scope.shape(0), axis, total);
    return List.of(new KnownTensor(shape, axis == 0 ? joined(scope) : null));
  }

  static List<KnownTensor> pack(ShapeScope scope) {
    int axis = Shapes.dimension(scope.options(Pack.class).axis(), scope.rank(0) + 1);
    for (int i = 1; i < scope.count(); i++) {
      requireSame(scope.shape(i), scope.shape(0));
    }
    List<Integer> shape = new ArrayList<>(scope.shape(0));
    shape.add(axis, scope.count());
    return List.of(new KnownTensor(shape, axis == 0 ? joined(scope) : null));
  }

  private static @Nullable List<Integer> joined(ShapeScope scope) {
    List<Integer> joined = new ArrayList<>();
    for (int i = 0; i < scope.count(); i++) {
      List<Integer> numbers = scope.knownNumbers(i);
      if (numbers == null) {
        return null;
      }
      joined.addAll(numbers);
    }
    return joined;
  }

  static List<KnownTensor> unpack(ShapeScope scope) {
    KnownTensor x = scope.input(0);
    int axis = scope.axis(scope.options(Unpack.class).axis(), 0);
    if (x.shape().get(axis) != scope.results()) {
      throw new IllegalArgumentException(
          "shape " + x.shape() + " does not come apart into " + scope.results());
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.remove(axis);
    List<KnownTensor> parts = new ArrayList<>();
    for (int i = 0; i < scope.results(); i++) {
      parts.add(part(x, axis, i * KnownTensor.of(shape).elements(), shape));
    }
    return parts;
  }

  /** Of SPLIT, whose dimension is its first input. */
  static List<KnownTensor> split(ShapeScope scope) {
    int axis = scope.axis(scope.numbers(0, 1).get(0), 1);
    int size = scope.shape(1).get(axis);
    if (size % scope.results() != 0) {
      throw new IllegalArgumentException(size + " does not split into " + scope.results());
    }
    List<Integer> sizes = Collections.nCopies(scope.results(), size / scope.results());
    return parts(scope.input(1), axis, sizes);
  }

  /** Of SPLIT_V, whose sizes are its second input, one of them perhaps -1 for the rest. */
  static List<KnownTensor> splitBySizes(ShapeScope scope) {
    int axis = scope.axis(scope.numbers(2, 1).get(0), 0);
    List<Integer> sizes = scope.numbers(1, scope.results());
    int rest = scope.shape(0).get(axis);
    for (int size : sizes) {
      rest = Math.subtractExact(rest, Math.max(size, 0));
    }
    int open = Collections.frequency(sizes, GraphTensor.ANY);
    if (rest < 0 || open > 1 || (open == 0 && rest != 0)) {
      throw new IllegalArgumentException(
          "shape " + scope.shape(0) + " does not split into " + sizes);
    }
    int last = rest;
    return parts(
        scope.input(0), axis, sizes.stream().map(s -> s == GraphTensor.ANY ? last : s).toList());
  }

  private static List<KnownTensor> parts(KnownTensor x, int axis, List<Integer> sizes) {
    List<KnownTensor> parts = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      List<Integer> shape = Shapes.with(x.shape(), axis, size);
      parts.add(part(x, axis, from, shape));
      from += KnownTensor.of(shape).elements();
    }
    return parts;
  }

  /** Parts along the first dimension are neighbours in row-major order. */
  private static KnownTensor part(KnownTensor x, int axis, int from, List<Integer> shape) {
    List<Integer> numbers = x.numbers();
    KnownTensor part = KnownTensor.of(shape);
    return numbers == null || axis != 0
        ? part
        : new KnownTensor(shape, numbers.subList(from, from + part.elements()));
  }

  private static void requireSame(List<Integer> shape, List<Integer> other) {
    if (!shape.equals(other)) {
      throw new IllegalArgumentException("shapes " + other + " and " + shape + " cannot be joined");
    }
  }
}
