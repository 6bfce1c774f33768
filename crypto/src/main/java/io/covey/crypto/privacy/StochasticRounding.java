package io.covey.crypto.privacy;

import io.covey.crypto.primitive.RandomWords;

/**
 * Rounds numbers to integers up or down at random, so that the expectation of the result is the
 * number.
 *
 * <p>A number y becomes a multiple of 2^-32, {@code t = trunc(y * 2^32)}, and then {@code floor((t
 * + r) / 2^32)} for 32 uniform bits r. For {@code |y| < 2^24} this states it exactly:
 *
 * <ul>
 *   <li>error: the result is {@code floor(y)} or {@code ceil(y)}, so it is off by less than 1, and
 *       an integer stays what it is;
 *   <li>bias: the result's expectation is {@code t * 2^-32} exactly, which differs from y by less
 *       than 2^-32, towards zero. Where y is a product of doubles, its own rounding adds less than
 *       2^-27;
 *   <li>variance: {@code f * (1-f)} for the fraction f of {@code t * 2^-32}: at most 1/4.
 * </ul>
 *
 * <p>The rounding of different numbers is independent as far as the words are. Belongs to one
 * thread at a time.
 */
public final class StochasticRounding {
  private static final double ONE = 0x1p32;
  private static final long MASK = 0xFFFFFFFFL;
  private static final int BLOCK_WORDS = 1024;

  private final RandomWords random;
  private final long[] words = new long[BLOCK_WORDS];
  // Counts halves of words, the low half first.
  private int used = 2 * BLOCK_WORDS;

  public StochasticRounding(RandomWords random) {
    this.random = random;
  }

  /**
   * Rounds one number.
   *
   * @param value 0 to 2^30
   * @throws IllegalArgumentException if the value is out of range or NaN
   */
  public int round(double value) {
    // Written so that NaN is refused.
    if (!(value >= 0 && value <= 1 << 30)) {
      throw new IllegalArgumentException("value is " + value + ", expected 0 to 2^30");
    }
    refillWhenEmpty();
    return (int) (((long) (value * ONE) + bits(words, used++)) >>> 32);
  }

  /**
   * Turns {@code source[i] * scale} into levels of a fixed point.
   *
   * @param source finite; read as it is when the levels are asked for
   */
  Quantizer quantizer(FixedPoint fixedPoint, float[] source, double scale) {
    return new Quantizer(fixedPoint, source, scale);
  }

  private void refillWhenEmpty() {
    if (used == 2 * BLOCK_WORDS) {
      random.fill(words);
      used = 0;
    }
  }

  private static long bits(long[] words, int half) {
    // A shift distance counts modulo 64, so odd halves shift by 32.
    return (words[half >>> 1] >>> (half << 5)) & MASK;
  }

  /** The levels of one vector, a block at a time. */
  final class Quantizer implements EntrySource {
    private final float[] source;
    private final double toFixed;
    private final long limit;
    private final long offset;

    private Quantizer(FixedPoint fixedPoint, float[] source, double scale) {
      this.source = source;
      this.toFixed = scale / fixedPoint.step() * ONE;
      this.limit = (long) fixedPoint.levels() << 32;
      this.offset = (long) fixedPoint.offset() << 32;
    }

    /**
     * Quantizes {@code source[from]} to {@code source[from + count - 1]}; what lies outside the
     * range becomes its nearest end.
     *
     * @param levels its first {@code count} elements are overwritten
     */
    @Override
    public void read(int from, int count, int[] levels) {
      int done = 0;
      while (done < count) {
        refillWhenEmpty();
        int block = Math.min(count - done, 2 * BLOCK_WORDS - used);
        quantizeBlock(from + done, block, levels, done);
        used += block;
        done += block;
      }
    }

    private void quantizeBlock(int from, int count, int[] levels, int to) {
      // Fields in locals: the stores into the array could otherwise force them to be read again.
      float[] values = source;
      long[] random = words;
      int half = used;
      for (int i = 0; i < count; i++) {
        long fixed = (long) (values[from + i] * toFixed);
        fixed = Math.max(-limit, Math.min(limit, fixed));
        // No overflow: at most (2^23 + 2^23 - 1) * 2^32 + 2^32 - 1, below 2^56.
        levels[to + i] = (int) ((fixed + offset + bits(random, half + i)) >>> 32);
      }
    }
  }
}
