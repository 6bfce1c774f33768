package io.covey.models.data;

import de.siegmar.fastcsv.reader.CommentStrategy;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.covey.models.data.DataException.Reason;
import io.covey.models.data.DataFormat.LabelColumn;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table of examples, row by row, into arrays.
 *
 * <p>Thread rule: an instance is used once, by one thread.
 */
final class CsvTable {

  private static final int CELL_CHARACTERS = 1 << 16;
  private static final int LINE_CHARACTERS = 1 << 25;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final CsvColumns columns;
  private final int[] features;
  private final @Nullable LabelValues labels;
  private final DataLimits limits;
  private float[] values;
  private int rows;

  private CsvTable(CsvColumns columns, @Nullable LabelValues labels, DataLimits limits) {
    this.columns = columns;
    this.features = columns.features().stream().mapToInt(Integer::intValue).toArray();
    this.labels = labels;
    this.limits = limits;
    this.values = new float[0];
  }

  /**
   * All examples of {@code in}.
   *
   * @throws DataException when a line is not what the format and the header say; the message names
   *     line and column
   */
  static DataSet read(InputStream in, DataFormat.Csv format, DataLimits limits) throws IOException {
    try (CsvReader<CsvRecord> reader = reader(characters(in))) {
      return read(reader.iterator(), format, limits);
    } catch (CsvParseException e) {
      throw new DataException(Reason.DAMAGED, "the file is not CSV: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw new DataException(
            Reason.DAMAGED, "the file is not in UTF-8: " + e.getMessage() + "; convert it", e);
      }
      throw e.getCause();
    }
  }

  private static DataSet read(Iterator<CsvRecord> lines, DataFormat.Csv format, DataLimits limits) {
    if (!lines.hasNext()) {
      throw new DataException(
          Reason.UNKNOWN_COLUMN,
          "the file is empty: there is no column"
              + (format.label() == null ? "" : " '" + format.label().column() + "'"));
    }
    LabelColumn label = format.label();
    CsvTable table =
        new CsvTable(
            CsvColumns.find(lines.next().getFields(), format),
            label == null ? null : new LabelValues(label.kind()),
            limits);
    while (lines.hasNext()) {
      table.add(lines.next());
    }
    return table.finished();
  }

  private static CsvReader<CsvRecord> reader(Reader characters) {
    CsvRecordHandler handler =
        CsvRecordHandler.of(
            builder ->
                builder
                    .maxFields(ColumnNames.MAXIMUM)
                    .maxFieldSize(CELL_CHARACTERS)
                    .maxRecordSize(LINE_CHARACTERS));
    return CsvReader.builder()
        .commentStrategy(CommentStrategy.SKIP)
        .skipEmptyLines(true)
        .allowUnclosedQuote(false)
        .trimWhitespacesAroundQuotes(true)
        // Counted in this class, which knows the columns' names.
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .maxBufferSize(4 * CELL_CHARACTERS)
        .build(handler, characters);
  }

  /** UTF-8 without replacements and without the mark that some programs put in front. */
  private static Reader characters(InputStream in) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(in);
    bytes.mark(BYTE_ORDER_MARK.length);
    if (!Arrays.equals(bytes.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
      bytes.reset();
    }
    return new InputStreamReader(
        bytes,
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT));
  }

  private void add(CsvRecord line) {
    int cells = line.getFieldCount();
    if (cells != columns.header().size()) {
      throw new DataException(
          Reason.RAGGED,
          "line %d has %d cells, but the header %d"
              .formatted(line.getStartingLineNumber(), cells, columns.header().size()));
    }
    makeRoom(line.getStartingLineNumber());
    int start = rows * features.length;
    for (int i = 0; i < features.length; i++) {
      values[start + i] = cell(line, features[i]).number();
    }
    if (labels != null) {
      for (int column : columns.labels()) {
        labels.add(cell(line, column));
      }
    }
    rows++;
  }

  private CsvCell cell(CsvRecord line, int column) {
    return new CsvCell(
        line.getField(column).strip(), line.getStartingLineNumber(), columns.header().get(column));
  }

  private void makeRoom(long line) {
    if (rows == limits.rows()) {
      throw DataLimits.tooLarge("line " + line, limits.rows() + " rows");
    }
    long needed = (rows + 1L) * features.length;
    if (needed > limits.values()) {
      throw DataLimits.tooLarge(
          "line " + line, limits.values() / features.length + " rows of this length");
    }
    if (needed > values.length) {
      values = Arrays.copyOf(values, (int) Math.min(limits.values(), 2 * needed));
    }
  }

  private DataSet finished() {
    float[] all = Arrays.copyOf(values, rows * features.length);
    return new DataSet(
        FloatArray.adopt(ArrayShape.of(rows, features.length), all),
        labels == null ? new Targets.None() : labels.finished(columns.labels().size()));
  }
}
