package io.covey.simulator.data;

import io.covey.models.data.ColumnNames;
import io.covey.models.data.DataFiles;
import io.covey.models.data.DataFormat;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import io.covey.models.data.DataSet;
import io.covey.models.data.Targets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Digits as CSV: columns {@code p0} to {@code p63}, the pixels, and {@value #LABEL_COLUMN}.
 *
 * <p>The examples that come with Covey are the Optical Recognition of Handwritten Digits data set
 * by E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998, under CC BY 4.0.
 */
public final class DigitsCsv {
  /** The column that holds what an image shows. */
  public static final String LABEL_COLUMN = "label";

  private static final String RESOURCE = "digits.csv";
  private static final List<String> PIXEL_COLUMNS = ColumnNames.parse("p0..p" + (Digit.PIXELS - 1));

  private DigitsCsv() {}

  /** All 1,797 digits of the UCI data set, in the file's order. */
  public static List<Digit> all() {
    try (InputStream in = DigitsCsv.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the simulator's jar");
      }
      LabelColumn label = new LabelColumn(LABEL_COLUMN, LabelKind.NUMBERS);
      DataSet data = new DataFiles().read(in, new DataFormat.Csv(PIXEL_COLUMNS, label));
      return IntStream.range(0, data.size()).mapToObj(row -> digit(data, row)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }

  /** {@code digits} as a file with a header, pixels unscaled, one digit a line. */
  public static String write(List<Digit> digits) {
    String header = String.join(",", PIXEL_COLUMNS);
    StringBuilder csv = new StringBuilder(header).append(',').append(LABEL_COLUMN).append('\n');
    for (Digit digit : digits) {
      for (int i = 0; i < Digit.PIXELS; i++) {
        csv.append(digit.pixel(i)).append(',');
      }
      csv.append(digit.label()).append('\n');
    }
    return csv.toString();
  }

  private static Digit digit(DataSet data, int row) {
    float[] values = new float[Digit.PIXELS];
    data.features().copyRow(row, values, 0);
    byte[] pixels = new byte[Digit.PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values[i];
    }
    if (!(data.targets() instanceof Targets.Classes classes)) {
      throw new IllegalStateException("the format asks for classes");
    }
    return new Digit(pixels, classes.labels().valueAt(row));
  }
}
