package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.regex.Pattern;

/**
 * One cell of a table, and where it stands.
 *
 * @param text without the spaces around it
 * @param line of the file, from 1
 * @param column its name
 */
record CsvCell(String text, long line, String column) {

  private static final Pattern NOT_A_NUMBER =
      Pattern.compile("[+-]?(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);

  /**
   * The cell as a float, in decimal or scientific notation; the nearest one.
   *
   * @throws DataException when it is no number, or not finite as a float
   */
  float number() {
    if (isDecimal()) {
      try {
        float value = Float.parseFloat(text);
        if (Float.isFinite(value)) {
          return value;
        }
        throw refused(Reason.NOT_FINITE, "is not a finite number as a 32-bit float");
      } catch (NumberFormatException e) {
        throw refused(Reason.NOT_A_NUMBER, "is not a number");
      }
    }
    if (NOT_A_NUMBER.matcher(text).matches()) {
      throw refused(Reason.NOT_FINITE, "is not a finite number; replace it or leave out the line");
    }
    throw refused(Reason.NOT_A_NUMBER, "is not a number");
  }

  /**
   * The cell as a class.
   *
   * @throws DataException when it is not a whole number from 0 to {@link
   *     Targets.Classes#MAXIMUM_LABEL}
   */
  int label() {
    try {
      int label = Integer.parseInt(text);
      if (label >= 0 && label <= Targets.Classes.MAXIMUM_LABEL) {
        return label;
      }
    } catch (NumberFormatException e) {
      // Reported below, together with numbers out of range.
    }
    throw refused(
        Reason.WRONG_LABEL, "is not a whole number from 0 to " + Targets.Classes.MAXIMUM_LABEL);
  }

  /** Java's parser takes hexadecimal digits and suffixes such as {@code 1f} too; data have none. */
  private boolean isDecimal() {
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789.+-eE".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    return true;
  }

  DataException refused(Reason reason, String what) {
    return new DataException(
        reason,
        "line %d, column '%s': '%s' %s"
            .formatted(line, CsvColumns.shown(column), CsvColumns.shown(text), what));
  }
}
