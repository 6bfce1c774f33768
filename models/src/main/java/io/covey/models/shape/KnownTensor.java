package io.covey.models.shape;

import io.covey.models.graph.Constant;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.TensorType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a tensor before the graph runs.
 *
 * @param shape the sizes of its dimensions, none negative
 * @param numbers its elements in row-major order, where they are whole numbers that follow from the
 *     file and the sizes of the inputs alone, and few; otherwise null
 */
record KnownTensor(List<Integer> shape, @Nullable List<Integer> numbers) {

  /** Shapes have some numbers, tables of shapes some dozens. */
  private static final int MOST_NUMBERS = 256;

  /** No overflow: products with one more size stay below 2^62. */
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE;

  /** Checks and copies; long lists of numbers are forgotten. */
  KnownTensor {
    shape = List.copyOf(shape);
    long elements = shape.contains(0) ? 0 : 1;
    for (int size : shape) {
      elements *= size;
      if (size < 0 || elements > MOST_ELEMENTS) {
        throw new IllegalArgumentException(
            "shape " + shape + " has a negative size, or 2^31 elements or more");
      }
    }
    if (numbers != null && numbers.size() != elements) {
      throw new IllegalArgumentException(
          numbers.size() + " numbers do not have the shape " + shape);
    }
    numbers = numbers == null || numbers.size() > MOST_NUMBERS ? null : List.copyOf(numbers);
  }

  /** A tensor whose elements are not known. */
  static KnownTensor of(List<Integer> shape) {
    return new KnownTensor(shape, null);
  }

  /** A list of numbers. */
  static KnownTensor list(List<Integer> numbers) {
    return new KnownTensor(List.of(numbers.size()), numbers);
  }

  /** A single number. */
  static KnownTensor scalar(int number) {
    return new KnownTensor(List.of(), List.of(number));
  }

  /** A tensor as the file has it: numbers are known of constants. */
  static KnownTensor constant(GraphTensor tensor) {
    Constant value = tensor.value();
    KnownTensor shaped = of(tensor.nominalShape());
    boolean isWhole = tensor.type() == TensorType.INT32 || tensor.type() == TensorType.INT64;
    boolean isKnown = value != null || tensor.isEmpty();
    if (!isKnown || !isWhole || shaped.elements() > MOST_NUMBERS) {
      return shaped;
    }
    List<Integer> numbers = new ArrayList<>();
    if (value != null) {
      ByteBuffer bytes = value.bytes();
      while (bytes.hasRemaining()) {
        long number = tensor.type() == TensorType.INT32 ? bytes.getInt() : bytes.getLong();
        if (number != (int) number) {
          return shaped;
        }
        numbers.add((int) number);
      }
    }
    return new KnownTensor(shaped.shape(), numbers);
  }

  int rank() {
    return shape.size();
  }

  /** How many elements it has, which fits in an int. */
  int elements() {
    return shape.contains(0) ? 0 : shape.stream().reduce(1, (a, b) -> a * b);
  }

  /** The same elements in another shape. */
  KnownTensor reshaped(List<Integer> newShape) {
    KnownTensor reshaped = of(newShape);
    if (reshaped.elements() != elements()) {
      throw new IllegalArgumentException(
          "shape " + newShape + " does not have the elements of " + shape);
    }
    return new KnownTensor(newShape, numbers);
  }
}
