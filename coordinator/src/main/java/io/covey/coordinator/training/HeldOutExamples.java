package io.covey.coordinator.training;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;

/**
 * Labelled examples that no agent trains on, read from CSV with a header.
 *
 * @param featureCount values of one example
 */
record HeldOutExamples(List<float[]> features, List<Integer> labels, int featureCount) {
  private static final int MAXIMUM_EXAMPLES = 1_000_000;
  private static final int MAXIMUM_LABEL = 1_000_000;

  HeldOutExamples {
    features = List.copyOf(features);
    labels = List.copyOf(labels);
  }

  int size() {
    return labels.size();
  }

  /**
   * @param scale factor on every feature
   * @throws IllegalArgumentException that names the line and the column of what is wrong
   */
  static HeldOutExamples parse(byte[] csv, String labelColumn, float scale) {
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setDuplicateHeaderMode(DuplicateHeaderMode.DISALLOW)
            .get();
    try (CSVParser parser =
        CSVParser.parse(new StringReader(new String(csv, StandardCharsets.UTF_8)), format)) {
      List<String> columns = parser.getHeaderNames();
      int labelIndex = columns.indexOf(labelColumn);
      if (labelIndex < 0) {
        throw new IllegalArgumentException(
            "no column '" + labelColumn + "' among " + columns.size() + " columns");
      }
      List<float[]> features = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      for (CSVRecord row : parser) {
        if (row.size() != columns.size() || features.size() == MAXIMUM_EXAMPLES) {
          throw new IllegalArgumentException(
              "line "
                  + parser.getCurrentLineNumber()
                  + " has "
                  + row.size()
                  + " columns, expected "
                  + columns.size()
                  + ", and at most "
                  + MAXIMUM_EXAMPLES
                  + " lines");
        }
        features.add(featuresOf(row, labelIndex, scale, parser.getCurrentLineNumber()));
        labels.add(labelOf(row.get(labelIndex), parser.getCurrentLineNumber()));
      }
      if (features.isEmpty()) {
        throw new IllegalArgumentException("the file holds no examples");
      }
      return new HeldOutExamples(features, labels, columns.size() - 1);
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new IllegalArgumentException("the file is not CSV: " + e.getMessage(), e);
    }
  }

  private static float[] featuresOf(CSVRecord row, int labelIndex, float scale, long line) {
    float[] values = new float[row.size() - 1];
    for (int column = 0, i = 0; column < row.size(); column++) {
      if (column != labelIndex) {
        values[i++] = number(row.get(column), line, column) * scale;
      }
    }
    return values;
  }

  private static float number(String text, long line, int column) {
    try {
      float value = Float.parseFloat(text.trim());
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, together with values that are not finite.
    }
    throw new IllegalArgumentException(
        "line " + line + ", column " + (column + 1) + ": not a finite number");
  }

  private static int labelOf(String text, long line) {
    try {
      int label = Integer.parseInt(text.trim());
      if (label >= 0 && label <= MAXIMUM_LABEL) {
        return label;
      }
    } catch (NumberFormatException e) {
      // Reported below, together with labels out of range.
    }
    throw new IllegalArgumentException(
        "line " + line + ": a label is a whole number from 0 to " + MAXIMUM_LABEL);
  }
}
