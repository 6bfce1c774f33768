package io.covey.models.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Columns of a table, described briefly. */
public final class ColumnNames {

  /** More columns than this are not read. */
  static final int MAXIMUM = 1 << 20;

  private static final Pattern RANGE = Pattern.compile("(\\D*)(\\d{1,7})\\.\\.(\\D*)(\\d{1,7})");

  private ColumnNames() {}

  /**
   * The columns that a short description stands for.
   *
   * @param description names separated by commas; {@code p0..p63} stands for 64 of them
   * @throws IllegalArgumentException when a part is neither a name nor a range
   */
  public static List<String> parse(String description) {
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
    if (!range.group(1).equals(range.group(3)) || last < first || last - first > MAXIMUM) {
      throw new IllegalArgumentException(
          "'%s' is no range: expected one name with two rising numbers, such as p0..p63"
              .formatted(range.group()));
    }
    for (int i = first; i <= last; i++) {
      columns.add(range.group(1) + i);
    }
  }
}
