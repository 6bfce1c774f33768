package io.covey.models.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * How many list elements may still be read of a file. Vectors of a hostile file may overlap; honest
 * ones take at least a byte for each element.
 *
 * <p>Thread rule: one thread.
 */
final class ReadingBudget {

  private long left;

  ReadingBudget(long elements) {
    this.left = elements;
  }

  /** Takes {@code length} elements off. */
  void charge(int length) {
    left -= length;
    if (length < 0 || left < 0) {
      throw GraphReader.damaged("its lists are longer than the file");
    }
  }

  /** Reads a list of {@code length} elements. */
  <T> List<T> list(int length, IntFunction<T> element) {
    charge(length);
    List<T> elements = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      elements.add(element.apply(i));
    }
    return elements;
  }

  /** Reads a list of {@code length} numbers. */
  List<Integer> ints(int length, IntUnaryOperator element) {
    return list(length, element::applyAsInt);
  }
}
