package io.covey.models.shape;

import static io.covey.models.graph.GraphTensor.ANY;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Arithmetic on shapes, in which {@link io.covey.models.graph.GraphTensor#ANY} stays unknown. */
public final class Shapes {

  private Shapes() {}

  /**
   * The shape of an elementwise operator's result (NumPy's broadcasting): aligned at the last
   * dimension, a size of 1 gives way to the other.
   *
   * @throws IllegalArgumentException when sizes do not fit
   */
  public static List<Integer> broadcast(List<Integer> a, List<Integer> b) {
    int rank = Math.max(a.size(), b.size());
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      result.add(broadcast(size(a, i - rank + a.size()), size(b, i - rank + b.size()), a, b));
    }
    return result;
  }

  private static int size(List<Integer> shape, int dimension) {
    return dimension < 0 ? 1 : shape.get(dimension);
  }

  private static int broadcast(int a, int b, List<Integer> left, List<Integer> right) {
    if (a == 1 || a == b) {
      return b;
    }
    if (b == 1) {
      return a;
    }
    if (a == ANY || b == ANY) {
      // One of them is known and not 1; the other has to be the same when it runs.
      return a == ANY ? b : a;
    }
    throw new IllegalArgumentException("shapes " + left + " and " + right + " do not broadcast");
  }

  /**
   * How many elements the shape has, or {@link io.covey.models.graph.GraphTensor#ANY} when a
   * dimension is unknown.
   */
  public static int elements(List<Integer> shape) {
    int elements = 1;
    for (int size : shape) {
      if (size == ANY) {
        return ANY;
      }
      elements = Math.multiplyExact(elements, size);
    }
    return elements;
  }

  /** A dimension counted from 0, also when it was given from the end as a negative number. */
  public static int dimension(int dimension, int rank) {
    int counted = dimension < 0 ? dimension + rank : dimension;
    if (counted < 0 || counted >= rank) {
      throw new IllegalArgumentException("dimension " + dimension + " is not in rank " + rank);
    }
    return counted;
  }

  /** The shape with its dimensions in another order. */
  public static List<Integer> permuted(List<Integer> shape, int... permutation) {
    List<Integer> result = new ArrayList<>();
    for (int source : permutation) {
      result.add(shape.get(source));
    }
    return result;
  }

  /** The permutation that undoes {@code permutation}. */
  public static int[] inverse(int... permutation) {
    int[] inverse = new int[permutation.length];
    for (int i = 0; i < permutation.length; i++) {
      inverse[permutation[i]] = i;
    }
    return inverse;
  }

  /** The shape after a sum over {@code axes}, counted from 0. */
  public static List<Integer> reduced(List<Integer> shape, boolean keepDimensions, int... axes) {
    List<Integer> kept = new ArrayList<>(shape);
    for (int axis : axes) {
      kept.set(axis, 1);
    }
    if (keepDimensions) {
      return kept;
    }
    List<Integer> result = new ArrayList<>();
    for (int i = 0; i < shape.size(); i++) {
      if (!contains(axes, i)) {
        result.add(shape.get(i));
      }
    }
    return result;
  }

  private static boolean contains(int[] axes, int axis) {
    for (int candidate : axes) {
      if (candidate == axis) {
        return true;
      }
    }
    return false;
  }

  /** The shape with another size in one dimension. */
  public static List<Integer> with(List<Integer> shape, int dimension, int size) {
    List<Integer> result = new ArrayList<>(shape);
    result.set(dimension, size);
    return Collections.unmodifiableList(result);
  }

  /** As an array. */
  public static int[] array(List<Integer> shape) {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The shape with its one unknown size worked out, where the number of elements is known. */
  public static List<Integer> resolved(List<Integer> shape, int elements) {
    if (elements == ANY || Collections.frequency(shape, ANY) != 1) {
      return shape;
    }
    int known = shape.stream().filter(size -> size != ANY).reduce(1, Math::multiplyExact);
    return with(shape, shape.indexOf(ANY), elements / known);
  }

  /** Whether at most one dimension is unknown, so that RESHAPE can work it out. */
  public static boolean isSettled(List<Integer> shape) {
    return Collections.frequency(shape, ANY) <= 1;
  }
}
