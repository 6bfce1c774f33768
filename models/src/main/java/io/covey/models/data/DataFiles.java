package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads examples from files, within limits.
 *
 * <p>Thread rule: immutable; any thread, but reading takes time.
 */
public final class DataFiles {

  private final DataLimits limits;

  /** Files of up to {@link DataLimits#DEFAULT}. */
  public DataFiles() {
    this(DataLimits.DEFAULT);
  }

  /** Files of up to {@code limits}. */
  public DataFiles(DataLimits limits) {
    this.limits = Objects.requireNonNull(limits, "limits");
  }

  /**
   * All examples of {@code file}.
   *
   * @throws DataException when the file does not hold what {@code format} says; the message begins
   *     with the file's name
   * @throws IOException when it cannot be read
   */
  public DataSet read(Path file, DataFormat format) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      long bytes = Files.size(file);
      if (bytes > limits.fileBytes()) {
        throw DataLimits.tooLarge("a file of " + bytes + " bytes", limits.fileBytes() + " bytes");
      }
      return read(in, format);
    } catch (DataException e) {
      throw e.in(file.toString());
    }
  }

  /**
   * All examples of {@code content}, which is read to its end and not closed.
   *
   * @throws DataException when it does not hold what {@code format} says
   * @throws IOException when it cannot be read
   */
  public DataSet read(InputStream content, DataFormat format) throws IOException {
    InputStream in = new LimitedInput(content, limits.fileBytes());
    // A closed set: a format without a branch here does not get past the last line.
    if (format instanceof DataFormat.Csv csv) {
      return CsvTable.read(in, csv, limits);
    }
    if (format instanceof DataFormat.Npy) {
      return new DataSet(NpyReader.read(in, limits).toFloatArray(), new Targets.None());
    }
    if (format instanceof DataFormat.Npz npz) {
      return archive(in, npz);
    }
    return new DataSet(raw(in, ((DataFormat.Raw) format).shape()), new Targets.None());
  }

  private DataSet archive(InputStream in, DataFormat.Npz format) throws IOException {
    List<String> names = new ArrayList<>(List.of(format.features()));
    if (format.targets() != null) {
      names.add(format.targets());
    }
    Map<String, NumericArray> arrays = NpzReader.read(in, names, limits);
    FloatArray features = array(arrays, format.features()).toFloatArray();
    return new DataSet(
        features,
        format.targets() == null
            ? new Targets.None()
            : Targets.of(array(arrays, format.targets())));
  }

  private static NumericArray array(Map<String, NumericArray> arrays, String name) {
    return Objects.requireNonNull(arrays.get(name), name);
  }

  private FloatArray raw(InputStream in, RawShape shape) throws IOException {
    int rowSize = shape.row().elements();
    int maximum = Math.min(limits.rows(), limits.values() / rowSize);
    ElementStream elements = new ElementStream(in, ElementKind.FLOAT32, ByteOrder.LITTLE_ENDIAN);
    float[] values = elements.floatRows(rowSize, maximum);
    int rows = values.length / rowSize;
    if (shape.rows() != RawShape.ANY && shape.rows() != rows) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "the file holds %d rows of shape %s, not %d".formatted(rows, shape.row(), shape.rows()));
    }
    List<Integer> dimensions = new ArrayList<>(List.of(rows));
    dimensions.addAll(shape.row().dimensions());
    return FloatArray.adopt(new ArrayShape(dimensions), values);
  }
}
