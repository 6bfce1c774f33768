package io.covey.simulator.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

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

  private DigitsCsv() {}

  /** All 1,797 digits of the UCI data set, in the file's order. */
  public static List<Digit> all() {
    try (InputStream in = DigitsCsv.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is missing from the simulator's jar");
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      CSVFormat format = CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();
      try (CSVParser parser = format.parse(reader)) {
        List<Digit> digits = new ArrayList<>();
        for (CSVRecord row : parser) {
          digits.add(digit(row));
        }
        return List.copyOf(digits);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE, e);
    }
  }

  /** {@code digits} as a file with a header, pixels unscaled, one digit a line. */
  public static String write(List<Digit> digits) {
    String header =
        IntStream.range(0, Digit.PIXELS).mapToObj(i -> "p" + i).collect(Collectors.joining(","));
    StringBuilder csv = new StringBuilder(header).append(',').append(LABEL_COLUMN).append('\n');
    for (Digit digit : digits) {
      for (int i = 0; i < Digit.PIXELS; i++) {
        csv.append(digit.pixel(i)).append(',');
      }
      csv.append(digit.label()).append('\n');
    }
    return csv.toString();
  }

  private static Digit digit(CSVRecord row) {
    byte[] pixels = new byte[Digit.PIXELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Byte.parseByte(row.get("p" + i));
    }
    return new Digit(pixels, Integer.parseInt(row.get(LABEL_COLUMN)));
  }
}
