package io.covey.edgeagent.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a CSV file with a header line holds examples.
 *
 * @param featureColumns names, in the order in which the model takes the values
 * @param labelColumn holds whole numbers from 0 on
 * @param scale every value is multiplied by it
 * @param maximumRows more are refused
 */
public record CsvFormat(
    List<String> featureColumns, String labelColumn, float scale, int maximumRows) {
  private static final int MAXIMUM_COLUMNS = 1 << 20;
  private static final Pattern RANGE = Pattern.compile("(\\D*)(\\d{1,7})\\.\\.(\\D*)(\\d{1,7})");

  public CsvFormat {
    featureColumns = List.copyOf(featureColumns);
    if (featureColumns.isEmpty() || featureColumns.contains(labelColumn)) {
      throw new IllegalArgumentException(
          "there is no feature column, or the label column is one of them");
    }
    if (!Float.isFinite(scale) || scale == 0) {
      throw new IllegalArgumentException("scale is " + scale + ", expected a number but zero");
    }
    if (maximumRows < 1) {
      throw new IllegalArgumentException("maximum rows is " + maximumRows);
    }
  }

  /**
   * The columns that a short description stands for.
   *
   * @param description names separated by commas; {@code p0..p63} stands for 64 of them
   * @throws IllegalArgumentException when a range is not one
   */
  public static List<String> columns(String description) {
    List<String> columns = new ArrayList<>();
    for (String part : description.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      if (range.matches()) {
        addRange(range, columns);
      } else if (part.isBlank() || part.contains("..")) {
        throw new IllegalArgumentException(
            "'%s' is neither a column nor a range such as p0..p63".formatted(part));
      } else {
        columns.add(part.strip());
      }
    }
    return columns;
  }

  private static void addRange(Matcher range, List<String> columns) {
    int first = Integer.parseInt(range.group(2));
    int last = Integer.parseInt(range.group(4));
    if (!range.group(1).equals(range.group(3)) || last < first || last - first > MAXIMUM_COLUMNS) {
      throw new IllegalArgumentException(
          "'%s' is no range: expected one name with two rising numbers, such as p0..p63"
              .formatted(range.group()));
    }
    for (int i = first; i <= last; i++) {
      columns.add(range.group(1) + i);
    }
  }
}
