package io.covey.edgeagent.selftest;

import java.time.Duration;

/**
 * What a child process may take.
 *
 * @param timeout from its start to its end
 * @param heapBytes its Java heap, and as much again for direct buffers; to each are added four
 *     times the size of the model
 * @param nativeBytes all other memory that it writes to, where the platform can bound it; to it too
 *     are added four times the size of the model
 * @param outputBytes on its standard streams
 */
public record ChildLimits(Duration timeout, long heapBytes, long nativeBytes, int outputBytes) {

  /** A minute, 64 MiB of heap, 512 MiB of other memory, 256 KiB of output. */
  public static final ChildLimits DEFAULT =
      new ChildLimits(Duration.ofMinutes(1), 64L << 20, 512L << 20, 256 << 10);

  private static final long COPIES_OF_THE_MODEL = 4;

  public ChildLimits {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout " + timeout + ", expected more than 0");
    }
    if (heapBytes < 1 || nativeBytes < 1 || outputBytes < 1) {
      throw new IllegalArgumentException(
          "limits of %d, %d and %d bytes, expected at least 1"
              .formatted(heapBytes, nativeBytes, outputBytes));
    }
  }

  /** The same with another time. */
  public ChildLimits withTimeout(Duration other) {
    return new ChildLimits(other, heapBytes, nativeBytes, outputBytes);
  }

  /** For a model of {@code modelBytes}, which fits into an array and so does not overflow this. */
  long heapBytesFor(long modelBytes) {
    return heapBytes + COPIES_OF_THE_MODEL * modelBytes;
  }

  /** Everything that the process may write to: heap, direct buffers, and the rest. */
  long dataBytesFor(long modelBytes) {
    return 2 * heapBytesFor(modelBytes) + nativeBytes + COPIES_OF_THE_MODEL * modelBytes;
  }
}
