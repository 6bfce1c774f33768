package io.covey.crypto.privacy;

import com.google.protobuf.ByteString;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.protocols.message.UpdateEncoding;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Whether a plain update is one that the plan allows. What passes cannot disturb other entries of
 * the sum, nor weigh more than its share. It can be applied as long as updates arrive without
 * masks; a masked word is uniform and tells nothing.
 *
 * <p>Immutable; any thread may use it.
 */
public final class UpdateCheck {
  private static final int BLOCK_WORDS = 1024;

  private final UpdateLayout layout;

  public UpdateCheck(UpdateLayout layout) {
    this.layout = layout;
  }

  /**
   * Checks a whole update.
   *
   * @param pieces the update's little-endian words in order, in as many pieces as they came in
   * @return empty if the update may be added
   */
  public Optional<UpdateRefusal> refusalOf(List<ByteString> pieces) {
    long bytes = 0;
    for (ByteString piece : pieces) {
      if (piece.size() % Long.BYTES != 0) {
        return Optional.of(UpdateRefusal.WRONG_LENGTH);
      }
      bytes += piece.size();
    }
    if (bytes != layout.bytes()) {
      return Optional.of(UpdateRefusal.WRONG_LENGTH);
    }
    Scan scan = new Scan(layout);
    for (ByteString piece : pieces) {
      scan.accept(piece.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer());
    }
    return scan.refusal();
  }

  /** One pass over the words: every bit that is set anywhere, and the three metric entries. */
  private static final class Scan {
    private final UpdateLayout layout;
    private final long[] block = new long[BLOCK_WORDS];
    private final long[] metrics = new long[UpdateLayout.METRIC_ENTRIES];
    private long bitsSeen;
    private long lastWord;
    private int position;

    Scan(UpdateLayout layout) {
      this.layout = layout;
    }

    void accept(LongBuffer words) {
      while (words.hasRemaining()) {
        int count = Math.min(block.length, words.remaining());
        words.get(block, 0, count);
        bitsSeen |= anyBit(block, count);
        readMetrics(count);
        lastWord = block[count - 1];
        position += count;
      }
    }

    private void readMetrics(int count) {
      LaneLayout lanes = layout.lanes();
      for (int metric = 0; metric < metrics.length; metric++) {
        int entry = layout.metricEntry(metric);
        int word = entry / lanes.lanesPerWord() - position;
        if (word >= 0 && word < count) {
          int shift = entry % lanes.lanesPerWord() * lanes.laneBits();
          metrics[metric] = (block[word] >>> shift) & lanes.maximumValue();
        }
      }
    }

    Optional<UpdateRefusal> refusal() {
      UpdateEncoding encoding = layout.encoding();
      LaneLayout lanes = layout.lanes();
      if ((bitsSeen & ~lanes.valueMask()) != 0 || (lastWord & ~lanes.lastWordValueMask()) != 0) {
        return Optional.of(UpdateRefusal.LANE_OUT_OF_RANGE);
      }
      if (encoding.privacy().isPresent()) {
        // Noise reaches every value that a lane may hold, so there is nothing else to contradict.
        return Optional.empty();
      }
      long weight = metrics[0];
      if (weight < 1 || weight > encoding.maximumWeight()) {
        return Optional.of(UpdateRefusal.WEIGHT_OUT_OF_RANGE);
      }
      // Rounding may add up to one level, more is not allowed. No overflow: factors below 2^24.
      if ((metrics[1] - 1) * encoding.maximumWeight() > weight * layout.lossLevels()) {
        return Optional.of(UpdateRefusal.LOSS_EXCEEDS_WEIGHT);
      }
      return metrics[2] > weight
          ? Optional.of(UpdateRefusal.CORRECT_EXCEEDS_WEIGHT)
          : Optional.empty();
    }

    private static long anyBit(long[] words, int count) {
      long bits = 0;
      for (int i = 0; i < count; i++) {
        bits |= words[i];
      }
      return bits;
    }
  }
}
