package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.Objects;

/**
 * Whole numbers of 32 bits in row-major order.
 *
 * <p>Thread rule: immutable.
 */
public final class IntArray implements NumericArray {

  private final ArrayShape shape;
  private final int[] values;

  private IntArray(ArrayShape shape, int[] values) {
    this.shape = Objects.requireNonNull(shape, "shape");
    this.values = values;
    if (values.length != shape.elements()) {
      throw new DataException(
          Reason.WRONG_SHAPE, "shape " + shape + " does not hold " + values.length + " values");
    }
  }

  /**
   * An array of a copy of {@code values}.
   *
   * @throws DataException when they are not as many as {@code shape} asks for
   */
  public static IntArray of(ArrayShape shape, int... values) {
    return new IntArray(shape, values.clone());
  }

  /** As {@link #of}, without the copy: {@code values} belongs to the array from now on. */
  static IntArray adopt(ArrayShape shape, int[] values) {
    return new IntArray(shape, values);
  }

  @Override
  public ArrayShape shape() {
    return shape;
  }

  /** The value at {@code index} in row-major order. */
  public int valueAt(int index) {
    return values[index];
  }

  /** A copy of all values. */
  public int[] toArray() {
    return values.clone();
  }

  @Override
  public FloatArray toFloatArray() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i];
    }
    return FloatArray.adopt(shape, floats);
  }

  /** The shape; never the values, which may be private. */
  @Override
  public String toString() {
    return "whole numbers " + shape;
  }
}
