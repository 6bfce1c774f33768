package io.covey.edgeagent.examples;

import io.covey.models.data.ColumnNames;
import io.covey.models.data.DataFormat.LabelColumn;
import java.util.Collections;
import java.util.List;

/**
 * How a CSV file with a header line holds examples.
 *
 * @param featureColumns names, in the order in which the model takes the values
 * @param label what is to be predicted: a class, or values in one or more columns
 * @param scale every value is multiplied by it
 * @param maximumRows more are refused
 */
public record CsvFormat(
    List<String> featureColumns, LabelColumn label, float scale, int maximumRows) {

  public CsvFormat {
    featureColumns = List.copyOf(featureColumns);
    if (featureColumns.isEmpty() || !Collections.disjoint(featureColumns, label.columns())) {
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
    return ColumnNames.parse(description);
  }
}
