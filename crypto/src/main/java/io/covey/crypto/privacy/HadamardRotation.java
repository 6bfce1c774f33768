package io.covey.crypto.privacy;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.message.PrivacyTerms;
import java.util.Optional;

/**
 * The randomized Hadamard rotation {@code x -> H*S*x/sqrt(D)}: S a diagonal of random signs, H the
 * Walsh-Hadamard matrix of D, a power of two. It is orthonormal, and spreads any vector so that no
 * entry is large: {@code P(|y_i| > u*|x|/sqrt(D)) <= 2*e^(-u^2/2)} over the signs. Suresh et al.,
 * "Distributed Mean Estimation with Limited Communication", ICML 2017, section 3; step 2 of
 * algorithm 1 of Kairouz, Liu and Steinke, ICML 2021.
 *
 * <p>The seed is public: privacy does not rest on it, only how many bits are needed. D*log2(D)
 * additions, in place. In floats a transform's relative error in L2 is below {@code log2(D) *
 * 2^-23}, and the length is checked in integers afterwards.
 *
 * <p>Immutable; any thread may use it.
 */
final class HadamardRotation {
  private static final int BLOCK_WORDS = 1024;

  /** So many entries fit the nearest cache: a whole transform of each block costs one read. */
  private static final int CACHE_ENTRIES = 4096;

  private final byte[] seed;

  HadamardRotation(byte[] seed) {
    this.seed = seed.clone();
  }

  /** The rotation that the terms ask for, if any. */
  static Optional<HadamardRotation> of(PrivacyTerms terms) {
    return terms.rotated()
        ? Optional.of(new HadamardRotation(terms.rotationSeed().toByteArray()))
        : Optional.empty();
  }

  /** The length that a vector of a length is padded to with zeros: the next power of two. */
  static int paddedLength(int length) {
    return length == 1 ? 1 : Integer.highestOneBit(length - 1) << 1;
  }

  /**
   * Rotates a vector in place.
   *
   * @param vector of a length that is a power of two
   */
  void rotate(float[] vector) {
    flipSigns(vector);
    transform(vector);
  }

  /** Undoes {@link #rotate}, but for rounding. */
  void unrotate(float[] vector) {
    // H/sqrt(D) is its own inverse, and so is S.
    transform(vector);
    flipSigns(vector);
  }

  /** Multiplies by S: bit i of the stream decides over the sign of entry i. */
  private void flipSigns(float[] vector) {
    RandomWords signs = AesCtrRandomWords.fromSeed(seed);
    long[] words = new long[BLOCK_WORDS];
    for (int i = 0; i < vector.length; i++) {
      int word = (i >>> 6) % BLOCK_WORDS;
      if (word == 0 && (i & 63) == 0) {
        signs.fill(words);
      }
      // A shift distance counts modulo 64.
      if ((words[word] >>> i & 1) != 0) {
        vector[i] = -vector[i];
      }
    }
  }

  /** Multiplies by H/sqrt(D). */
  private static void transform(float[] vector) {
    int block = Math.min(vector.length, CACHE_ENTRIES);
    for (int from = 0; from < vector.length; from += block) {
      for (int half = 1; half < block; half *= 2) {
        butterflies(vector, from, from + block, half);
      }
    }
    for (int half = block; half < vector.length; half *= 2) {
      butterflies(vector, 0, vector.length, half);
    }
    float scale = (float) (1 / Math.sqrt(vector.length));
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= scale;
    }
  }

  /**
   * Sums and differences of all entries whose indices differ in one bit, the one of {@code half}.
   */
  private static void butterflies(float[] vector, int from, int to, int half) {
    for (int start = from; start < to; start += 2 * half) {
      for (int i = start; i < start + half; i++) {
        float upper = vector[i];
        float lower = vector[i + half];
        vector[i] = upper + lower;
        vector[i + half] = upper - lower;
      }
    }
  }
}
