package io.covey.edgeagent.examples;

import io.covey.models.data.DataException;
import io.covey.models.data.DataFiles;
import io.covey.models.data.DataFormat;
import io.covey.models.data.DataLimits;
import io.covey.models.data.DataSet;
import io.covey.models.data.FloatArray;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.Targets;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads examples from a CSV file (RFC 4180) with a header line into memory. Lines that begin with
 * {@code #} are comments.
 */
public final class CsvExampleStore {

  private CsvExampleStore() {}

  /**
   * All examples of {@code file}.
   *
   * @param maximumBytes a larger file is refused unread
   * @throws IOException when the file cannot be read, or a line does not hold an example; the
   *     message names file, line and column
   */
  public static InMemoryExampleStore read(Path file, CsvFormat format, long maximumBytes)
      throws IOException {
    DataFiles files = new DataFiles(DataLimits.ofText(maximumBytes, format.maximumRows()));
    try {
      return store(
          files.read(file, new DataFormat.Csv(format.featureColumns(), format.label())), format);
    } catch (DataException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static InMemoryExampleStore store(DataSet data, CsvFormat format) {
    FloatArray features = data.features();
    float[] values =
        Preprocessing.IDENTITY
            .withScale(format.scale())
            .between(features.shape().row(), features.shape().row())
            .apply(features.toArray());
    if (data.targets() instanceof Targets.Classes classes) {
      return new InMemoryExampleStore(features.rowSize(), values, classes.labels().toArray());
    }
    if (data.targets() instanceof Targets.Values targets) {
      FloatArray each = targets.values();
      return InMemoryExampleStore.ofValues(
          features.rowSize(), values, format.label().columns().size(), each.toArray());
    }
    throw new IllegalStateException("the format asks for what is to be predicted");
  }
}
