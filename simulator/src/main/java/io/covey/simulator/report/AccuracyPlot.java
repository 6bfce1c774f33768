package io.covey.simulator.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Accuracy over rounds as a bar chart of text. */
public final class AccuracyPlot {
  private static final int ROWS = 8;
  private static final int MAXIMUM_COLUMNS = 60;

  private AccuracyPlot() {}

  /**
   * Draws the chart.
   *
   * @param accuracies 0 to 1, one for each round; NaN leaves a gap
   * @return lines, the top one first
   */
  public static List<String> draw(List<Double> accuracies, Glyphs glyphs) {
    List<Double> columns = columns(accuracies);
    List<String> lines = new ArrayList<>();
    for (int row = ROWS - 1; row >= 0; row--) {
      StringBuilder line = new StringBuilder(label(row)).append(glyphs.axis());
      for (double accuracy : columns) {
        // How much of this row's cell the bar fills.
        double fill = Double.isNaN(accuracy) ? 0 : accuracy * ROWS - row;
        line.append(glyphs.bar(fill));
      }
      lines.add(line.toString().stripTrailing());
    }
    String ends = columns.size() > 1 ? "1 to " + accuracies.size() : "1";
    lines.add(" ".repeat(label(0).length() + 1) + "round " + ends);
    return lines;
  }

  /** At most {@value #MAXIMUM_COLUMNS} values; each stands for the last round of its part. */
  private static List<Double> columns(List<Double> accuracies) {
    int width = Math.min(accuracies.size(), MAXIMUM_COLUMNS);
    List<Double> columns = new ArrayList<>();
    for (int column = 1; column <= width; column++) {
      columns.add(accuracies.get((int) ((long) column * accuracies.size() / width) - 1));
    }
    return columns;
  }

  /** Every other row carries the accuracy of its upper edge. */
  private static String label(int row) {
    return row % 2 == 1
        ? String.format(Locale.ROOT, "%5d %% ", 100 * (row + 1) / ROWS)
        : " ".repeat(8);
  }
}
