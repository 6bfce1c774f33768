package io.covey.models.data;

import java.io.IOException;
import java.io.InputStream;

/**
 * Hands a stream through up to a number of bytes, and refuses the first one beyond. Closing it does
 * not close the stream, which is its owner's.
 *
 * <p>Thread rule: one thread.
 */
final class LimitedInput extends InputStream {

  private final InputStream in;
  private final long limit;
  private long left;

  LimitedInput(InputStream in, long limit) {
    this.in = in;
    this.limit = limit;
    this.left = limit;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    if (value >= 0) {
      count(1);
    }
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = in.read(bytes, offset, length);
    if (read > 0) {
      count(read);
    }
    return read;
  }

  private void count(int bytes) {
    left -= bytes;
    if (left < 0) {
      throw DataLimits.tooLarge("the content", limit + " bytes");
    }
  }
}
