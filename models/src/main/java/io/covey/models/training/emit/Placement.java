package io.covey.models.training.emit;

import io.covey.models.graph.GraphTensor;
import io.covey.models.shape.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts a part back to where it was taken from, zeros around and between.
 *
 * <p>Thread rule: one thread.
 */
public final class Placement {

  private final Emitter emit;

  /** Writes through {@code emit}. */
  public Placement(Emitter emit) {
    this.emit = emit;
  }

  /**
   * Along one dimension, the elements at {@code begin}, {@code begin + 1}, ... of {@code total};
   * what lies beyond either end is left out.
   */
  public int place(int a, int axis, int begin, int total) {
    int size = emit.shape(a).get(axis);
    if (size == GraphTensor.ANY && begin == 0) {
      return a;
    }
    int rank = emit.rank(a);
    int[] from = new int[rank];
    int[] kept = new int[rank];
    Arrays.fill(kept, GraphTensor.ANY);
    from[axis] = Math.max(0, -begin);
    kept[axis] = Math.min(size - from[axis], total - Math.max(0, begin));
    int part = emit.slice(a, from, kept);
    int[] before = new int[rank];
    int[] after = new int[rank];
    before[axis] = Math.max(0, begin);
    after[axis] = total - before[axis] - kept[axis];
    return emit.pad(part, before, after);
  }

  /** Along one dimension, {@code stride - 1} zeros behind each element. */
  public int spread(int a, int axis, int stride) {
    if (stride == 1) {
      return a;
    }
    List<Integer> shape = emit.shape(a);
    List<Integer> inner = shape.subList(axis + 1, shape.size());
    int width = Shapes.elements(inner);
    int rows = emit.reshape(a, List.of(GraphTensor.ANY, width));
    int wide = emit.pad(rows, new int[2], new int[] {0, width * (stride - 1)});
    return emit.reshape(wide, Shapes.with(shape, axis, shape.get(axis) * stride));
  }

  /** Along one dimension, {@code size} elements from {@code begin} on. */
  public int part(int a, int axis, int begin, int size) {
    int rank = emit.rank(a);
    int[] from = new int[rank];
    int[] sizes = new int[rank];
    Arrays.fill(sizes, GraphTensor.ANY);
    from[axis] = begin;
    sizes[axis] = size;
    return emit.slice(a, from, sizes);
  }

  /** The shape with one more dimension, of {@code size}, before {@code axis}. */
  public static List<Integer> inserted(List<Integer> shape, int axis, int size) {
    List<Integer> result = new ArrayList<>(shape);
    result.add(axis, size);
    return result;
  }
}
