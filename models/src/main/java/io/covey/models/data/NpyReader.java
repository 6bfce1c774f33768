package io.covey.models.data;

import java.io.IOException;
import java.io.InputStream;

/** Reads one array in NumPy's {@code .npy} format; {@link NpyHeader} has the format's sources. */
final class NpyReader {

  private NpyReader() {}

  /**
   * The array that {@code in} holds, in row-major order however it is stored. Fractions become
   * floats and everything else ints.
   *
   * @throws DataException when it is not one, is too large, or has elements that are not read
   */
  static NumericArray read(InputStream in, DataLimits limits) throws IOException {
    NpyHeader header = NpyHeader.read(in);
    limits.check(header.shape());
    ElementStream elements = new ElementStream(in, header.kind(), header.order());
    return header.kind().isFloating() ? floats(header, elements) : ints(header, elements);
  }

  private static FloatArray floats(NpyHeader header, ElementStream elements) throws IOException {
    float[] values = elements.floats(header.shape().elements());
    elements.requireEnd();
    if (header.columnMajor()) {
      int[] order = ArrayIndex.rowMajorOrder(header.shape());
      float[] ordered = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        ordered[order[i]] = values[i];
      }
      values = ordered;
    }
    return FloatArray.adopt(header.shape(), values);
  }

  private static IntArray ints(NpyHeader header, ElementStream elements) throws IOException {
    int[] values = elements.ints(header.shape().elements());
    elements.requireEnd();
    if (header.columnMajor()) {
      int[] order = ArrayIndex.rowMajorOrder(header.shape());
      int[] ordered = new int[values.length];
      for (int i = 0; i < values.length; i++) {
        ordered[order[i]] = values[i];
      }
      values = ordered;
    }
    return IntArray.adopt(header.shape(), values);
  }
}
