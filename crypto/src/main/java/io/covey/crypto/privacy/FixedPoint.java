package io.covey.crypto.privacy;

/**
 * Numbers of {@code [-range, range]} as integers of {@code valueBits} bits, offset so that none is
 * negative: level {@code offset() + k} stands for {@code k * step()}, for k from {@code -(2^(b-1) -
 * 1)} to {@code 2^(b-1) - 1}. Zero and both ends of the range are levels. Level 0 is in range for
 * the arithmetic of sums, but never written.
 *
 * @param valueBits b, 2 to 24
 * @param range positive and finite
 */
public record FixedPoint(int valueBits, double range) {
  public FixedPoint {
    if (valueBits < 2 || valueBits > 24) {
      throw new IllegalArgumentException("value bits are " + valueBits + ", expected 2 to 24");
    }
    // Written so that NaN is refused.
    if (!(range > 0 && range <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("range is " + range + ", expected a positive number");
    }
  }

  /** The level of zero. */
  public int offset() {
    return 1 << (valueBits - 1);
  }

  /** Levels on either side of zero. */
  public int levels() {
    return offset() - 1;
  }

  /** The distance of two neighbouring levels. */
  public double step() {
    return range / levels();
  }

  /**
   * The number that a sum of levels stands for.
   *
   * @param sum of as many levels as there are summands
   */
  public double dequantizeSum(long sum, int summands) {
    // Exact: the offsets of up to 2^31 summands of 24 bits stay below 2^55.
    return (sum - (long) summands * offset()) * step();
  }
}
