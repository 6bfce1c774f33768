package io.covey.simulator.network;

import com.google.protobuf.ByteString;
import io.covey.crypto.privacy.UpdateCheck;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.privacy.UpdateRefusal;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Optional;

/** What somebody who sees an update's words can tell of it. */
enum UpdateSight {
  /** They are what a participant without masks would send: each lane holds one of its values. */
  READABLE,
  /**
   * They are no plain vector, and each of their bits is set about half of the time, as in words
   * with a mask, which are uniform.
   */
  MASKED,
  /** Neither: too short, of another length, or laid out in another way than the round's. */
  UNKNOWN;

  /** Fewer words say too little about how often a bit is set. */
  private static final int FEWEST_WORDS = 64;

  /**
   * Standard deviations from one half. Uniform bits are further off once in 500 million times; of a
   * plain vector the bits above each lane's value are never set, which is 8 and more.
   */
  private static final double DEVIATIONS = 6;

  /**
   * Looks at a whole update.
   *
   * @param words little-endian, in order, in as many pieces as they came in
   */
  static UpdateSight of(UpdateLayout layout, List<ByteString> words) {
    Optional<UpdateRefusal> refusal = new UpdateCheck(layout).refusalOf(words);
    if (refusal.isEmpty()) {
      return READABLE;
    }
    return switch (refusal.get()) {
      case WRONG_LENGTH -> UNKNOWN;
      case LANE_OUT_OF_RANGE -> looksUniform(words) ? MASKED : UNKNOWN;
      // Numbers that nobody should send, and numbers all the same.
      case WEIGHT_OUT_OF_RANGE, LOSS_EXCEEDS_WEIGHT, CORRECT_EXCEEDS_WEIGHT -> READABLE;
    };
  }

  private static boolean looksUniform(List<ByteString> pieces) {
    int[] set = new int[Long.SIZE];
    int words = 0;
    for (ByteString piece : pieces) {
      LongBuffer buffer =
          piece.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
      words += buffer.remaining();
      while (buffer.hasRemaining()) {
        long word = buffer.get();
        for (int bit = 0; bit < Long.SIZE; bit++) {
          set[bit] += (int) (word >>> bit & 1);
        }
      }
    }
    if (words < FEWEST_WORDS) {
      return false;
    }
    for (int count : set) {
      if (Math.abs(count - words / 2.0) > DEVIATIONS * Math.sqrt(words) / 2) {
        return false;
      }
    }
    return true;
  }
}
