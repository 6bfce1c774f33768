package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Where a table's header puts what a format asks for.
 *
 * @param header the names of all columns
 * @param features positions in the header, from 0, in the model's order
 * @param labels positions of the labels; none when there is no label
 */
record CsvColumns(List<String> header, List<Integer> features, List<Integer> labels) {
  private static final int SHOWN_COLUMNS = 20;
  private static final Pattern POSITION = Pattern.compile("\\d{1,7}");

  CsvColumns {
    header = List.copyOf(header);
    features = List.copyOf(features);
    labels = List.copyOf(labels);
  }

  /**
   * Finds the columns of {@code format}.
   *
   * @throws DataException when the header lacks one of them, or has two of the same name
   */
  static CsvColumns find(List<String> cells, DataFormat.Csv format) {
    List<String> header = cells.stream().map(String::strip).toList();
    Map<String, Integer> positions = new HashMap<>();
    for (int i = 0; i < header.size(); i++) {
      if (positions.put(header.get(i), i) != null) {
        throw new DataException(
            Reason.UNKNOWN_COLUMN,
            "line 1: duplicate column '%s'; is the line with the columns' names missing?"
                .formatted(shown(header.get(i))));
      }
    }
    DataFormat.LabelColumn column = format.label();
    List<Integer> labels = column == null ? List.of() : labels(header, positions, column);
    // A file may have a million columns of either kind.
    Set<Integer> taken = new HashSet<>(labels);
    List<Integer> features =
        format.features().isEmpty()
            ? IntStream.range(0, header.size()).filter(i -> !taken.contains(i)).boxed().toList()
            : format.features().stream().map(name -> position(header, positions, name)).toList();
    if (features.isEmpty() || !Collections.disjoint(features, taken)) {
      throw new DataException(
          Reason.UNKNOWN_COLUMN,
          "line 1: there is no column of features, or the label's is one of them; the columns are "
              + shown(header));
    }
    return new CsvColumns(header, features, labels);
  }

  private static List<Integer> labels(
      List<String> header, Map<String, Integer> positions, DataFormat.LabelColumn label) {
    if (label.kind() == DataFormat.LabelKind.VALUES && !positions.containsKey(label.column())) {
      return label.columns().stream().map(name -> label(header, positions, name)).toList();
    }
    return List.of(label(header, positions, label.column()));
  }

  private static int label(List<String> header, Map<String, Integer> positions, String column) {
    if (!positions.containsKey(column) && POSITION.matcher(column).matches()) {
      int position = Integer.parseInt(column);
      if (position >= 1 && position <= header.size()) {
        return position - 1;
      }
    }
    return position(header, positions, column);
  }

  private static int position(List<String> header, Map<String, Integer> positions, String name) {
    Integer position = positions.get(name);
    if (position == null) {
      throw new DataException(
          Reason.UNKNOWN_COLUMN,
          "line 1: there is no column '%s'; the columns are %s"
              .formatted(shown(name), shown(header)));
    }
    return position;
  }

  private static String shown(List<String> header) {
    List<String> first = header.stream().limit(SHOWN_COLUMNS).map(CsvColumns::shown).toList();
    int more = header.size() - first.size();
    return more == 0 ? first.toString() : first + " and " + more + " more";
  }

  /** What a message repeats of a file stays short. */
  static String shown(String text) {
    return text.length() > 40 ? text.substring(0, 40) + "..." : text;
  }
}
