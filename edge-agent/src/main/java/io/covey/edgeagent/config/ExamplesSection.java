package io.covey.edgeagent.config;

import io.covey.edgeagent.examples.CsvExampleStore;
import io.covey.edgeagent.examples.CsvFormat;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.models.data.ArrayShape;
import io.covey.models.data.DataException;
import io.covey.protocols.settings.DataSize;
import io.covey.protocols.settings.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The section {@code examples}. */
public record ExamplesSection(
    @Setting(help = "CSV file with a header line; it is only read.") Path file,
    @Setting(help = "Columns of the values, in the model's order; p0..p63 stands for 64 of them.")
        List<String> features,
    @Setting(
            help = "Column of the label; of values also several, such as y0..y3.",
            preset = "label")
        String label,
    @Setting(
            help = "What a label is: a class, which is a whole number from 0 on, or values.",
            preset = "class")
        ExampleLabel labelKind,
    @Setting(
            help =
                "Shape of an example, such as 28x28x1; for models whose task resizes images."
                    + " Left out, as the model takes it.")
        Optional<String> shape,
    @Setting(
            help = "Every value is multiplied by it, before what the model's task says is done.",
            preset = "1")
        double scale,
    @Setting(help = "Most examples.", preset = "100000", min = "1", max = "10000000")
        int maximumRows,
    @Setting(help = "Largest file.", preset = "64MiB", min = "1KiB", max = "1GiB")
        DataSize maximumFile) {

  public ExamplesSection {
    // Checked here, so that what is wrong is reported with everything else.
    CsvFormat format = format(features, label, labelKind, scale, maximumRows);
    int columns = format.featureColumns().size();
    if (shape.isPresent() && parse(shape.get()).elements() != columns) {
      throw new IllegalArgumentException(
          "shape %s has not as many values as the %d columns of features"
              .formatted(shape.get(), columns));
    }
  }

  /**
   * All examples of the file.
   *
   * @throws IOException when it cannot be read, or does not hold what these settings say
   */
  public ExampleStore read() throws IOException {
    InMemoryExampleStore examples =
        CsvExampleStore.read(
            file, format(features, label, labelKind, scale, maximumRows), maximumFile.bytes());
    return shape.map(text -> examples.shaped(parse(text))).orElse(examples);
  }

  private static ArrayShape parse(String shape) {
    try {
      return new ArrayShape(Arrays.stream(shape.split("x", -1)).map(Integer::valueOf).toList());
    } catch (NumberFormatException | DataException e) {
      throw new IllegalArgumentException(
          "'%s' is no shape; expected sizes such as 28x28x1".formatted(shape), e);
    }
  }

  private static CsvFormat format(
      List<String> features, String label, ExampleLabel labelKind, double scale, int maximumRows) {
    return new CsvFormat(
        CsvFormat.columns(String.join(",", features)),
        labelKind.column(label),
        (float) scale,
        maximumRows);
  }
}
