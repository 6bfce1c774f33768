package io.covey.crypto.privacy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.LanePacking;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * One update on its way into words: quantized and packed piece by piece, each word once, in order.
 * The pieces' bytes do not depend on how long the pieces are. Belongs to one thread at a time.
 */
public final class UpdateWords {
  private static final int BLOCK_ENTRIES = 3072;

  private final LaneLayout lanes;
  private final EntrySource parameters;
  private final int[] metrics;
  private final int[] entries;
  private final long[] words;
  private int written;

  /**
   * An update to be packed.
   *
   * @param metrics the last entries; {@code parameters} yields all before them
   */
  UpdateWords(LaneLayout lanes, EntrySource parameters, int[] metrics) {
    this.lanes = lanes;
    this.parameters = parameters;
    this.metrics = metrics;
    this.words = new long[BLOCK_ENTRIES / lanes.lanesPerWord()];
    this.entries = new int[words.length * lanes.lanesPerWord()];
  }

  /** Words not yet taken. */
  public int remaining() {
    return lanes.words() - written;
  }

  /**
   * The next words, as many as there still are up to a maximum.
   *
   * @param maximumWords at least 1
   * @return little-endian words; empty when none remain
   */
  public ByteString next(int maximumWords) {
    if (maximumWords < 1) {
      throw new IllegalArgumentException(maximumWords + " words, expected at least 1");
    }
    int count = Math.min(maximumWords, remaining());
    byte[] bytes = new byte[Math.multiplyExact(count, Long.BYTES)];
    LongBuffer target = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    while (target.hasRemaining()) {
      target.put(words, 0, nextBlock(Math.min(words.length, target.remaining())));
    }
    // Nobody else holds the array, so it needs no copy to be immutable.
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  private int nextBlock(int wordCount) {
    int first = written * lanes.lanesPerWord();
    int count = Math.min(wordCount * lanes.lanesPerWord(), lanes.entries() - first);
    int parameterCount = lanes.entries() - metrics.length;
    int fromParameters = Math.max(0, Math.min(count, parameterCount - first));
    parameters.read(first, fromParameters, entries);
    for (int i = fromParameters; i < count; i++) {
      entries[i] = metrics[first + i - parameterCount];
    }
    written += wordCount;
    return LanePacking.pack(lanes, entries, count, words);
  }
}
