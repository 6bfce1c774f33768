package io.covey.edgeagent.config;

import io.covey.edgeagent.examples.CsvExampleStore;
import io.covey.edgeagent.examples.CsvFormat;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The section {@code examples}. */
public record ExamplesSection(
    @Setting(help = "CSV file with a header line; it is only read.") Path file,
    @Setting(help = "Columns of the values, in the model's order; p0..p63 stands for 64 of them.")
        List<String> features,
    @Setting(help = "Column of the label: a whole number from 0 on.", preset = "label")
        String label,
    @Setting(help = "Every value is multiplied by it.", preset = "1") double scale,
    @Setting(help = "Most examples.", preset = "100000", min = "1", max = "10000000")
        int maximumRows,
    @Setting(help = "Largest file.", preset = "64MiB", min = "1KiB", max = "1GiB")
        DataSize maximumFile) {

  public ExamplesSection {
    // Checked here, so that what is wrong is reported with everything else.
    var unused = format(features, label, scale, maximumRows);
  }

  /**
   * All examples of the file.
   *
   * @throws IOException when it cannot be read, or does not hold what these settings say
   */
  public ExampleStore read() throws IOException {
    return CsvExampleStore.read(
        file, format(features, label, scale, maximumRows), maximumFile.bytes());
  }

  private static CsvFormat format(
      List<String> features, String label, double scale, int maximumRows) {
    return new CsvFormat(
        CsvFormat.columns(String.join(",", features)), label, (float) scale, maximumRows);
  }
}
