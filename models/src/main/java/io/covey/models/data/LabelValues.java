package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import io.covey.models.data.DataFormat.LabelKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Collects a table's targets: one column, or several of values.
 *
 * <p>Thread rule: one thread.
 */
final class LabelValues {

  private static final int FIRST_ROWS = 64;

  /** A column with more different texts than this is something else than a class. */
  private static final int MAXIMUM_NAMES = 100_000;

  private final LabelKind kind;

  /** Classes; while rows are collected, names are numbered as they come. */
  private int[] classes = new int[0];

  private float[] values = new float[0];
  private final Map<String, Integer> numbers = new HashMap<>();
  private int added;

  LabelValues(LabelKind kind) {
    this.kind = kind;
  }

  /**
   * Takes the next row's label.
   *
   * @throws DataException when it is not of this column's kind
   */
  void add(CsvCell cell) {
    switch (kind) {
      case NUMBERS -> {
        classes = withRoom(classes);
        classes[added++] = cell.label();
      }
      case NAMES -> {
        classes = withRoom(classes);
        classes[added++] = number(cell);
      }
      case VALUES -> {
        values = added < values.length ? values : Arrays.copyOf(values, grown());
        values[added++] = cell.number();
      }
    }
  }

  private int[] withRoom(int[] array) {
    return added < array.length ? array : Arrays.copyOf(array, grown());
  }

  private int grown() {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(FIRST_ROWS, 2L * added));
  }

  private int number(CsvCell cell) {
    if (cell.text().isEmpty()) {
      throw cell.refused(Reason.WRONG_LABEL, "is empty; name a class or leave out the line");
    }
    Integer known = numbers.putIfAbsent(cell.text(), numbers.size());
    if (numbers.size() > MAXIMUM_NAMES) {
      throw cell.refused(
          Reason.WRONG_LABEL,
          "is one class more than the allowed " + MAXIMUM_NAMES + "; is this the label's column?");
    }
    return known == null ? numbers.size() - 1 : known;
  }

  /**
   * Everything that was added.
   *
   * @param columns of a row, more than 1 only of values
   */
  Targets finished(int columns) {
    int rows = added / columns;
    ArrayShape shape = columns == 1 ? ArrayShape.of(rows) : ArrayShape.of(rows, columns);
    return switch (kind) {
      case NUMBERS ->
          new Targets.Classes(IntArray.adopt(shape, Arrays.copyOf(classes, rows)), List.of());
      case NAMES -> named(shape);
      case VALUES -> new Targets.Values(FloatArray.adopt(shape, Arrays.copyOf(values, added)));
    };
  }

  private Targets named(ArrayShape shape) {
    List<String> names = new ArrayList<>(numbers.keySet());
    names.sort(null);
    int[] sorted = new int[names.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[numbers.getOrDefault(names.get(i), 0)] = i;
    }
    int[] labels = new int[added];
    for (int i = 0; i < added; i++) {
      labels[i] = sorted[classes[i]];
    }
    return new Targets.Classes(IntArray.adopt(shape, labels), names);
  }
}
