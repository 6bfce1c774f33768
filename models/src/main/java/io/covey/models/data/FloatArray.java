package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.Objects;

/**
 * Finite floats in row-major order.
 *
 * <p>Thread rule: immutable.
 */
public final class FloatArray implements NumericArray {

  private final ArrayShape shape;
  private final float[] values;

  private FloatArray(ArrayShape shape, float[] values) {
    this.shape = Objects.requireNonNull(shape, "shape");
    this.values = values;
    if (values.length != shape.elements()) {
      throw new DataException(
          Reason.WRONG_SHAPE, "shape " + shape + " does not hold " + values.length + " values");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new DataException(
            Reason.NOT_FINITE,
            "the value at "
                + ArrayIndex.text(shape, i)
                + " is not finite as a 32-bit float; replace it or leave out its row");
      }
    }
  }

  /**
   * An array of a copy of {@code values}.
   *
   * @throws DataException when they are not as many as {@code shape} asks for, or not finite
   */
  public static FloatArray of(ArrayShape shape, float... values) {
    return new FloatArray(shape, values.clone());
  }

  /** As {@link #of}, without the copy: {@code values} belongs to the array from now on. */
  static FloatArray adopt(ArrayShape shape, float[] values) {
    return new FloatArray(shape, values);
  }

  @Override
  public ArrayShape shape() {
    return shape;
  }

  /** How many rows there are: the first dimension. */
  public int rows() {
    return shape.rows();
  }

  /** How many values a row has. */
  public int rowSize() {
    return shape.row().elements();
  }

  /** The value at {@code index} in row-major order. */
  public float valueAt(int index) {
    return values[index];
  }

  /** A copy of all values. */
  public float[] toArray() {
    return values.clone();
  }

  /**
   * Copies one row.
   *
   * @param row 0 to {@code rows() - 1}
   * @param destination takes {@link #rowSize} values from {@code offset} on
   */
  public void copyRow(int row, float[] destination, int offset) {
    int size = rowSize();
    Objects.checkIndex(row, rows());
    System.arraycopy(values, row * size, destination, offset, size);
  }

  @Override
  public FloatArray toFloatArray() {
    return this;
  }

  /** The shape; never the values, which may be private. */
  @Override
  public String toString() {
    return "floats " + shape;
  }
}
