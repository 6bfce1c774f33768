package io.covey.crypto.privacy;

import io.covey.crypto.primitive.RandomWords;

/**
 * Exactly uniform integers from a stream of words, by rejection: what the exact samplers are made
 * of. Every draw takes whole words, so a stream determines all draws. Belongs to one thread at a
 * time.
 */
final class UniformIntegers {
  private static final int BLOCK_WORDS = 1024;

  private final RandomWords random;
  private final long[] words = new long[BLOCK_WORDS];
  private int used = BLOCK_WORDS;

  UniformIntegers(RandomWords random) {
    this.random = random;
  }

  /** One fair coin. */
  boolean coin() {
    return word() < 0;
  }

  /**
   * A uniform integer from 0 to {@code bound - 1}.
   *
   * @param bound at least 1
   */
  long below(long bound) {
    // As many bits as bound - 1 has: at least every second candidate is below the bound.
    int shift = Long.numberOfLeadingZeros(bound - 1);
    if (shift == Long.SIZE) {
      return 0;
    }
    long candidate;
    do {
      candidate = word() >>> shift;
    } while (candidate >= bound);
    return candidate;
  }

  private long word() {
    if (used == BLOCK_WORDS) {
      random.fill(words);
      used = 0;
    }
    return words[used++];
  }
}
