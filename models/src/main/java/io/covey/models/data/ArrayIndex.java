package io.covey.models.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Positions in arrays: as people read them, and from one order into another. */
final class ArrayIndex {

  private ArrayIndex() {}

  /** Where the element at {@code index} in row-major order stands: {@code [12, 0, 3]}, from 0. */
  static String text(ArrayShape shape, int index) {
    List<Integer> position = new ArrayList<>();
    int rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      int dimension = shape.dimensions().get(axis);
      position.add(rest % dimension);
      rest /= dimension;
    }
    Collections.reverse(position);
    return position.toString();
  }

  /**
   * For each element in column-major order, the first index fastest, its index in row-major order.
   */
  static int[] rowMajorOrder(ArrayShape shape) {
    int rank = shape.rank();
    int[] order = new int[shape.elements()];
    int[] strides = new int[rank];
    for (int axis = rank - 1, stride = 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.dimensions().get(axis);
    }
    int filled = Math.min(1, order.length);
    // Invariant: the first `filled` entries are those whose index is 0 on this axis and behind.
    for (int axis = 0; axis < rank && filled > 0; axis++) {
      int block = filled;
      for (int i = 1; i < shape.dimensions().get(axis); i++) {
        for (int k = 0; k < block; k++) {
          order[filled++] = order[k] + i * strides[axis];
        }
      }
    }
    return order;
  }
}
