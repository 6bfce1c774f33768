package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The dimensions of an array in row-major order, outermost first. The first one counts the rows:
 * the examples.
 *
 * @param dimensions at most {@value #MAXIMUM_RANK}, none negative, with a product that fits into an
 *     int even where one of them is 0; empty for a single number
 */
public record ArrayShape(List<Integer> dimensions) {

  /** NumPy 1's own limit. */
  public static final int MAXIMUM_RANK = 32;

  /**
   * Checks the dimensions.
   *
   * @throws DataException when they are no shape, or too large for any array
   */
  public ArrayShape {
    dimensions = List.copyOf(dimensions);
    if (dimensions.size() > MAXIMUM_RANK) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "a shape of " + dimensions.size() + " dimensions, but at most 32 are read");
    }
    long product = 1;
    for (int dimension : dimensions) {
      if (dimension < 0) {
        throw new DataException(
            Reason.WRONG_SHAPE, "shape " + text(dimensions) + " has a negative dimension");
      }
      // No overflow: both factors are below 2^31. Zeros are left out, so that a row has a size too.
      product *= Math.max(1, dimension);
      if (product > Integer.MAX_VALUE) {
        throw new DataException(
            Reason.TOO_LARGE, "shape " + text(dimensions) + " has more values than any array");
      }
    }
  }

  /** A shape of these dimensions. */
  public static ArrayShape of(int... dimensions) {
    return new ArrayShape(Arrays.stream(dimensions).boxed().toList());
  }

  /** How many dimensions there are. */
  public int rank() {
    return dimensions.size();
  }

  /** The product of all dimensions: 1 for a single number. */
  public int elements() {
    return product(dimensions);
  }

  /**
   * The first dimension.
   *
   * @throws DataException when there is none
   */
  public int rows() {
    if (dimensions.isEmpty()) {
      throw new DataException(
          Reason.WRONG_SHAPE, "the array is a single number; its first dimension must be examples");
    }
    return dimensions.get(0);
  }

  /** The dimensions of one row: all but the first. */
  public ArrayShape row() {
    return new ArrayShape(dimensions.subList(Math.min(1, dimensions.size()), dimensions.size()));
  }

  private static int product(List<Integer> dimensions) {
    int product = 1;
    for (int dimension : dimensions) {
      product *= dimension;
    }
    return product;
  }

  private static String text(List<Integer> dimensions) {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"));
  }

  /** As NumPy writes it: {@code (60000, 28, 28)}. */
  @Override
  public String toString() {
    return text(dimensions);
  }
}
