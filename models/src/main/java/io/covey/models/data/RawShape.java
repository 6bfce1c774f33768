package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The shape of a file that does not say it itself.
 *
 * @param rows the first dimension, or {@link #ANY} for as many as there are
 * @param row the dimensions of one row; none of them is 0
 */
public record RawShape(int rows, ArrayShape row) {

  /** As many rows as the file holds. */
  public static final int ANY = -1;

  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");

  /**
   * Checks the dimensions.
   *
   * @throws DataException when they are no shape
   */
  public RawShape {
    if (rows < ANY || row.elements() == 0) {
      throw new DataException(
          Reason.WRONG_SHAPE, "%d rows of shape %s are no shape of data".formatted(rows, row));
    }
  }

  /**
   * Reads {@code n,28,28,1}; {@code -1} does as well as {@code n}, and a number of rows too.
   *
   * @throws DataException when the text is none of these
   */
  public static RawShape parse(String text) {
    String[] parts = text.split(",", -1);
    String first = parts[0].strip();
    int rows = first.equals("n") || first.equals("-1") ? ANY : dimension(first, text);
    List<Integer> row = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      row.add(dimension(parts[i].strip(), text));
    }
    return new RawShape(rows, new ArrayShape(row));
  }

  private static int dimension(String part, String text) {
    // Ten digits fit into a long.
    long dimension = NUMBER.matcher(part).matches() ? Long.parseLong(part) : 0;
    if (dimension < 1 || dimension > Integer.MAX_VALUE) {
      throw new DataException(
          Reason.WRONG_SHAPE, "'" + text + "' is no shape; expected one such as n,28,28,1");
    }
    return (int) dimension;
  }
}
