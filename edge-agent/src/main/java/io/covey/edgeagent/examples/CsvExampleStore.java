package io.covey.edgeagent.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads examples from a CSV file (RFC 4180) with a header line into memory. Lines that begin with
 * {@code #} are comments.
 */
public final class CsvExampleStore {
  private static final CSVFormat RFC_4180 =
      CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setIgnoreSurroundingSpaces(true)
          .setIgnoreEmptyLines(true)
          .setCommentMarker('#')
          .get();

  private final CsvFormat format;
  private float[] values = new float[0];
  private int[] labels = new int[0];
  private int rows;

  private CsvExampleStore(CsvFormat format) {
    this.format = format;
  }

  /**
   * All examples of {@code file}.
   *
   * @param maximumBytes a larger file is refused unread
   * @throws IOException when the file cannot be read, or a line does not hold an example; the
   *     message names file, line and column
   */
  public static ExampleStore read(Path file, CsvFormat format, long maximumBytes)
      throws IOException {
    long size = Files.size(file);
    if (size > maximumBytes) {
      throw new IOException(
          "%s has %d bytes, more than the maximum of %d".formatted(file, size, maximumBytes));
    }
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return read(reader, format);
    } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
      throw new IOException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** As {@link #read(Path, CsvFormat, long)}, without a bound on the bytes. */
  static ExampleStore read(Reader reader, CsvFormat format) throws IOException {
    CsvExampleStore store = new CsvExampleStore(format);
    try (CSVParser parser = CSVParser.builder().setReader(reader).setFormat(RFC_4180).get()) {
      int[] columns = store.columnIndices(parser.getHeaderMap());
      int labelColumn = columns[columns.length - 1];
      for (CSVRecord line : parser) {
        store.add(line, parser.getCurrentLineNumber(), columns, labelColumn);
      }
    }
    return store.finished();
  }

  /** Positions of the feature columns, and the label's last. */
  private int[] columnIndices(Map<String, Integer> header) throws IOException {
    List<String> features = format.featureColumns();
    int[] indices = new int[features.size() + 1];
    for (int i = 0; i < features.size(); i++) {
      indices[i] = columnIndex(header, features.get(i));
    }
    indices[features.size()] = columnIndex(header, format.labelColumn());
    return indices;
  }

  private static int columnIndex(Map<String, Integer> header, String name) throws IOException {
    Integer index = header.get(name);
    if (index == null) {
      throw new IOException(
          "line 1: there is no column '%s'; the columns are %s"
              .formatted(name, header.keySet().stream().limit(20).toList()));
    }
    return index;
  }

  private void add(CSVRecord line, long number, int[] columns, int labelColumn) throws IOException {
    if (rows == format.maximumRows()) {
      throw new IOException("more than the maximum of %d rows".formatted(format.maximumRows()));
    }
    ensureRoom();
    int features = columns.length - 1;
    for (int i = 0; i < features; i++) {
      String name = format.featureColumns().get(i);
      values[rows * features + i] = feature(cell(line, number, columns[i], name), number, name);
    }
    String name = format.labelColumn();
    labels[rows++] = label(cell(line, number, labelColumn, name), number, name);
  }

  private void ensureRoom() {
    if (rows == labels.length) {
      int room = Math.min(format.maximumRows(), Math.max(64, rows * 2));
      labels = Arrays.copyOf(labels, room);
      values = Arrays.copyOf(values, Math.multiplyExact(room, format.featureColumns().size()));
    }
  }

  private static String cell(CSVRecord line, long number, int column, String name)
      throws IOException {
    if (column >= line.size()) {
      throw new IOException(
          "line %d has %d cells and none for column '%s'".formatted(number, line.size(), name));
    }
    return line.get(column);
  }

  private float feature(String cell, long number, String column) throws IOException {
    try {
      float value = Float.parseFloat(cell) * format.scale();
      if (Float.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw unfit(cell, number, column, "a number", e);
    }
    throw unfit(cell, number, column, "a finite number", null);
  }

  private static int label(String cell, long number, String column) throws IOException {
    try {
      int label = Integer.parseInt(cell);
      if (label >= 0) {
        return label;
      }
    } catch (NumberFormatException e) {
      throw unfit(cell, number, column, "a whole number from 0 on", e);
    }
    throw unfit(cell, number, column, "a whole number from 0 on", null);
  }

  private static IOException unfit(
      String cell, long number, String column, String expected, @Nullable Exception cause) {
    String shown = cell.length() > 40 ? cell.substring(0, 40) + "..." : cell;
    return new IOException(
        "line %d, column '%s': '%s' is not %s".formatted(number, column, shown, expected), cause);
  }

  private ExampleStore finished() {
    int features = format.featureColumns().size();
    return new InMemoryExampleStore(
        features, Arrays.copyOf(values, rows * features), Arrays.copyOf(labels, rows));
  }
}
