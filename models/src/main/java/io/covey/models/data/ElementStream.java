package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Decodes elements of fixed size from a stream into primitive arrays. The arrays grow with what has
 * been read, so that a header that promises more than there is costs nothing.
 *
 * <p>Thread rule: one thread.
 */
final class ElementStream {

  private static final int CHUNK_BYTES = 1 << 16;

  /** Room for this many values is made without having seen any. */
  private static final int FIRST_VALUES = 1 << 12;

  private final InputStream in;
  private final ElementKind kind;
  private final ByteBuffer chunk;

  ElementStream(InputStream in, ElementKind kind, ByteOrder order) {
    this.in = in;
    this.kind = kind;
    this.chunk = ByteBuffer.allocate(CHUNK_BYTES).order(order);
  }

  /**
   * Exactly {@code count} elements of a floating kind; doubles are rounded to the nearest float.
   *
   * @throws DataException when the stream ends before
   */
  float[] floats(int count) throws IOException {
    float[] values = new float[Math.min(count, FIRST_VALUES)];
    for (int done = 0; done < count; ) {
      int elements = fill(count - done, count);
      if (done + elements > values.length) {
        values = Arrays.copyOf(values, grown(values.length, done + elements, count));
      }
      decodeFloats(values, done, elements);
      done += elements;
    }
    return values;
  }

  /**
   * Exactly {@code count} elements of a whole kind.
   *
   * @throws DataException when the stream ends before, or a number does not fit into an int
   */
  int[] ints(int count) throws IOException {
    int[] values = new int[Math.min(count, FIRST_VALUES)];
    for (int done = 0; done < count; ) {
      int elements = fill(count - done, count);
      if (done + elements > values.length) {
        values = Arrays.copyOf(values, grown(values.length, done + elements, count));
      }
      decodeInts(values, done, elements);
      done += elements;
    }
    return values;
  }

  /**
   * As many rows as there are until the stream ends.
   *
   * @param rowSize elements of a row
   * @param maximum rows; more are refused. Their values must fit into an array
   * @throws DataException when the stream ends within a row
   */
  float[] floatRows(int rowSize, int maximum) throws IOException {
    float[] values = new float[FIRST_VALUES];
    long limit = (long) rowSize * maximum;
    int done = 0;
    while (true) {
      int bytes = in.readNBytes(chunk.array(), 0, chunk.capacity());
      int elements = bytes / kind.bytes();
      if (done + (long) elements > limit) {
        throw DataLimits.tooLarge("the file", maximum + " rows of " + rowSize + " values");
      }
      if (done + elements > values.length) {
        values = Arrays.copyOf(values, grown(values.length, done + elements, limit));
      }
      decodeFloats(values, done, elements);
      done += elements;
      if (bytes < chunk.capacity()) {
        requireWhole((long) done * kind.bytes() + bytes % kind.bytes(), rowSize);
        return Arrays.copyOf(values, done);
      }
    }
  }

  /**
   * Refuses anything that follows.
   *
   * @throws DataException when the stream has not ended
   */
  void requireEnd() throws IOException {
    if (in.read() >= 0) {
      throw new DataException(
          Reason.DAMAGED,
          "the file goes on behind the last value that its shape asks for; is the shape right?");
    }
  }

  private void requireWhole(long bytes, int rowSize) {
    long rowBytes = (long) rowSize * kind.bytes();
    if (bytes % rowBytes != 0) {
      throw new DataException(
          Reason.DAMAGED,
          "%d bytes are no whole number of rows of %d values, %d bytes each; is the shape right?"
              .formatted(bytes, rowSize, rowBytes));
    }
  }

  /** Reads the next chunk and answers its elements: as many as fit, at most {@code left}. */
  private int fill(int left, int count) throws IOException {
    int wanted = Math.min(left, chunk.capacity() / kind.bytes());
    int read = in.readNBytes(chunk.array(), 0, wanted * kind.bytes());
    if (read < wanted * kind.bytes()) {
      long complete = (long) count - left + read / kind.bytes();
      throw new DataException(
          Reason.DAMAGED,
          "the file ends after %d of %d values; it is cut off, or its shape is wrong"
              .formatted(complete, count));
    }
    return wanted;
  }

  private static int grown(int room, int needed, long limit) {
    return (int) Math.min(limit, Math.max(needed, 2L * room));
  }

  private void decodeFloats(float[] values, int from, int elements) {
    switch (kind) {
      case FLOAT16 -> {
        for (int i = 0; i < elements; i++) {
          values[from + i] = HalfPrecision.toFloat(chunk.getShort(2 * i));
        }
      }
      case FLOAT32 -> chunk.clear().asFloatBuffer().get(values, from, elements);
      case FLOAT64 -> {
        for (int i = 0; i < elements; i++) {
          values[from + i] = (float) chunk.getDouble(8 * i);
        }
      }
      case BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64 ->
          throw new IllegalStateException(kind + " is no floating kind");
    }
  }

  private void decodeInts(int[] values, int from, int elements) {
    for (int i = 0; i < elements; i++) {
      long value = kind.wholeAt(chunk, i);
      if (value != (int) value) {
        throw new DataException(
            Reason.OUT_OF_RANGE,
            "element %d is beyond 32 bits; store the array as int32 or float32"
                .formatted(from + i));
      }
      values[from + i] = (int) value;
    }
  }
}
