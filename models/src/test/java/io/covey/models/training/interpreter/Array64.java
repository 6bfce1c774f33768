package io.covey.models.training.interpreter;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Numbers in row-major order and their shape. Whole numbers and booleans are numbers, too. */
public final class Array64 {

  private final int[] shape;
  private final double[] values;

  private Array64(int[] shape, double[] values) {
    this.shape = shape;
    this.values = values;
    if (elements(shape) != values.length) {
      throw new IllegalArgumentException(
          values.length + " values do not have the shape " + Arrays.toString(shape));
    }
  }

  /** A view of {@code values}. */
  public static Array64 of(List<Integer> shape, double... values) {
    return new Array64(shape.stream().mapToInt(Integer::intValue).toArray(), values);
  }

  /** A copy of floats. */
  public static Array64 ofFloats(List<Integer> shape, float... values) {
    double[] copy = new double[values.length];
    Arrays.setAll(copy, i -> values[i]);
    return of(shape, copy);
  }

  /** Of each element by its index. */
  static Array64 generate(int[] shape, ToDoubleFunction<int[]> element) {
    double[] values = new double[elements(shape)];
    int[] index = new int[shape.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = element.applyAsDouble(index);
      for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
        index[axis] = 0;
      }
    }
    return new Array64(shape.clone(), values);
  }

  static int elements(int... shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The sizes of the dimensions. */
  public List<Integer> shape() {
    return Arrays.stream(shape).boxed().toList();
  }

  int[] sizes() {
    return shape.clone();
  }

  int size(int axis) {
    return shape[axis];
  }

  int rank() {
    return shape.length;
  }

  /** How many there are. */
  public int elements() {
    return values.length;
  }

  /** The element at a row-major position. */
  public double get(int position) {
    return values[position];
  }

  /** The elements as floats. */
  public float[] toFloats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** A copy in which the element at a row-major position is moved by {@code difference}. */
  public Array64 moved(int position, double difference) {
    double[] copy = values.clone();
    copy[position] += difference;
    return new Array64(shape, copy);
  }

  double at(int... index) {
    return values[position(index)];
  }

  /** Zero beyond any edge. */
  double orZero(int... index) {
    for (int i = 0; i < index.length; i++) {
      if (index[i] < 0 || index[i] >= shape[i]) {
        return 0;
      }
    }
    return at(index);
  }

  void set(double value, int... index) {
    values[position(index)] = value;
  }

  void add(double value, int... index) {
    values[position(index)] += value;
  }

  private int position(int... index) {
    if (index.length != shape.length) {
      throw new IllegalArgumentException(
          "index " + Arrays.toString(index) + " into " + Arrays.toString(shape));
    }
    int position = 0;
    for (int i = 0; i < index.length; i++) {
      if (index[i] < 0 || index[i] >= shape[i]) {
        throw new IndexOutOfBoundsException(
            Arrays.toString(index) + " is not in " + Arrays.toString(shape));
      }
      position = position * shape[i] + index[i];
    }
    return position;
  }

  /** The element that stands at {@code index} when this is broadcast; it has more dimensions. */
  double broadcastAt(int... index) {
    int[] own = new int[shape.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = shape[i] == 1 ? 0 : index[index.length - shape.length + i];
    }
    return at(own);
  }

  /** The same elements in another shape, of which one size may be -1. */
  Array64 reshaped(int... wanted) {
    int[] sizes = wanted.clone();
    int known = 1;
    int open = -1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] < 0) {
        open = i;
      } else {
        known *= sizes[i];
      }
    }
    if (open >= 0) {
      sizes[open] = values.length / known;
    }
    return new Array64(sizes, values);
  }

  int[] toInts() {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }
}
