package io.covey.coordinator.training;

import io.covey.models.data.DataException;
import io.covey.models.data.DataFiles;
import io.covey.models.data.DataFormat;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataLimits;
import io.covey.models.data.DataSet;
import io.covey.models.data.FloatArray;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.Targets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Examples that no agent trains on, with what is to be predicted, read from CSV with a header.
 *
 * @param features one row for each example, as the file has them but for the scale
 * @param targets classes or values, one entry for each row
 */
record HeldOutExamples(FloatArray features, Targets targets) {
  private static final int MAXIMUM_EXAMPLES = 1_000_000;

  int size() {
    return features.rows();
  }

  /**
   * Reads all columns but the label's, in the file's order.
   *
   * @param label a class, or values in one or more columns
   * @param scale factor on every feature
   * @throws IllegalArgumentException that names the line and the column of what is wrong
   */
  static HeldOutExamples parse(byte[] csv, LabelColumn label, float scale) {
    try {
      DataSet data =
          new DataFiles(DataLimits.ofText(Math.max(1, csv.length), MAXIMUM_EXAMPLES))
              .read(new ByteArrayInputStream(csv), new DataFormat.Csv(List.of(), label));
      if (data.size() == 0) {
        throw new IllegalArgumentException("the file holds no examples");
      }
      return new HeldOutExamples(scaled(data.features(), scale), data.targets());
    } catch (DataException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail to be read", e);
    }
  }

  private static FloatArray scaled(FloatArray features, float scale) {
    float[] values =
        Preprocessing.IDENTITY
            .withScale(scale)
            .between(features.shape().row(), features.shape().row())
            .apply(features.toArray());
    return FloatArray.of(features.shape(), values);
  }
}
