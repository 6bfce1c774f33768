package io.covey.models.data;

/**
 * How much a file may hold before it is refused as {@link DataException.Reason#TOO_LARGE}.
 *
 * @param fileBytes the file; also what all arrays of an archive take unpacked
 * @param arrayBytes one array in memory, at four bytes a value; reading may for a moment take three
 *     times as much
 * @param rows examples
 */
public record DataLimits(long fileBytes, long arrayBytes, int rows) {

  /** 2 GiB a file, 1 GiB an array, ten million examples. */
  public static final DataLimits DEFAULT = new DataLimits(2L << 30, 1L << 30, 10_000_000);

  private static final int VALUE_BYTES = 4;

  /** Leaves room for the array's header, which some virtual machines count. */
  private static final int MAXIMUM_VALUES = Integer.MAX_VALUE - 8;

  /** Checks that each limit is positive. */
  public DataLimits {
    if (fileBytes < 1 || arrayBytes < VALUE_BYTES || rows < 1) {
      throw new IllegalArgumentException(
          "limits of %d bytes a file, %d bytes an array and %d rows, expected at least 1, %d and 1"
              .formatted(fileBytes, arrayBytes, rows, VALUE_BYTES));
    }
  }

  /**
   * For text of up to {@code fileBytes}, whose arrays need no limit of their own: a value takes two
   * characters there, with its separator, and four bytes in memory.
   */
  public static DataLimits ofText(long fileBytes, int rows) {
    return new DataLimits(fileBytes, 2 * (fileBytes + 2), rows);
  }

  /** How many values an array may have. */
  int values() {
    return (int) Math.min(arrayBytes / VALUE_BYTES, MAXIMUM_VALUES);
  }

  /** Refuses an array of {@code shape} that is too large. */
  void check(ArrayShape shape) {
    if (shape.elements() > values()) {
      throw tooLarge("shape " + shape, values() + " values in an array");
    }
    if (shape.rank() > 0 && shape.rows() > rows) {
      throw tooLarge("shape " + shape, rows + " rows");
    }
  }

  static DataException tooLarge(String what, String allowed) {
    return new DataException(
        DataException.Reason.TOO_LARGE,
        what + " is more than the allowed " + allowed + "; use less data or allow more");
  }
}
