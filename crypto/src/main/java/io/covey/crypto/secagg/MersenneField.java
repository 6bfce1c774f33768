package io.covey.crypto.secagg;

import io.covey.crypto.primitive.RandomWords;

/**
 * The integers modulo the prime p = 2^61-1, as longs from 0 to p-1. Sums and products take the same
 * instructions whatever the values are.
 */
final class MersenneField {
  static final int BITS = 61;
  static final long PRIME = (1L << BITS) - 1;

  private MersenneField() {}

  static long add(long a, long b) {
    // No overflow: both are below 2^61.
    return reduceOnce(a + b);
  }

  static long subtract(long a, long b) {
    return reduceOnce(a + PRIME - b);
  }

  /** Since 2^61 = 1 modulo p, the product's upper 61 bits count as much as its lower. */
  static long multiply(long a, long b) {
    long high = Math.multiplyHigh(a, b);
    long low = a * b;
    // The product is below 2^122, so its part from bit 61 on is below 2^61.
    return reduceOnce((low & PRIME) + ((high << (Long.SIZE - BITS)) | (low >>> BITS)));
  }

  /** From a number up to 2p, without a branch: p is added back where the difference is negative. */
  private static long reduceOnce(long sum) {
    long difference = sum - PRIME;
    return difference + (PRIME & (difference >> (Long.SIZE - 1)));
  }

  /**
   * By Fermat's little theorem, a^(p-2).
   *
   * @throws IllegalArgumentException for 0
   */
  static long invert(long a) {
    if (a == 0) {
      throw new IllegalArgumentException("0 has no inverse");
    }
    // p-2 = 2^61-3: all bits from 60 to 0 but the second lowest.
    long result = 1;
    for (int bit = BITS - 1; bit >= 0; bit--) {
      result = multiply(result, result);
      if (bit != 1) {
        result = multiply(result, a);
      }
    }
    return result;
  }

  /**
   * Uniform elements. Of 61 random bits, only 2^61-1 is no element; it is drawn again, which says
   * nothing about the elements that are used.
   */
  static void fillUniform(long[] destination, RandomWords random) {
    random.fill(destination);
    long[] again = new long[1];
    for (int i = 0; i < destination.length; i++) {
      destination[i] >>>= Long.SIZE - BITS;
      while (destination[i] == PRIME) {
        random.fill(again);
        destination[i] = again[0] >>> (Long.SIZE - BITS);
      }
    }
  }
}
