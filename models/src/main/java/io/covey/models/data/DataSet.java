package io.covey.models.data;

import io.covey.models.data.DataException.Reason;

/**
 * Examples.
 *
 * @param features shape {@code (n, ...)}; n may be 0
 * @param targets one entry for each of the n rows, or none at all
 */
public record DataSet(FloatArray features, Targets targets) {

  /**
   * Checks that both have as many rows.
   *
   * @throws DataException when they have not
   */
  public DataSet {
    int rows = features.rows();
    int targetRows = targetRows(targets, rows);
    if (targetRows != rows) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "there are %d rows of features and %d of targets; each example needs both"
              .formatted(rows, targetRows));
    }
  }

  private static int targetRows(Targets targets, int otherwise) {
    if (targets instanceof Targets.Classes classes) {
      return classes.labels().shape().rows();
    }
    if (targets instanceof Targets.Values values) {
      return values.values().rows();
    }
    return otherwise;
  }

  /** How many examples there are. */
  public int size() {
    return features.rows();
  }
}
