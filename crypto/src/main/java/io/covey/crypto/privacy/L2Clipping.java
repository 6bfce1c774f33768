package io.covey.crypto.privacy;

/**
 * Scales a vector down to a bound of its L2 norm, as in McMahan et al., "Learning Differentially
 * Private Recurrent Language Models", ICLR 2018, section 2: {@code x * min(1, bound/|x|)}.
 *
 * <p>The norm of the result is at most the bound in exact arithmetic, not only nearly: a vector
 * that must shrink is scaled to the bound less a margin of 2^-22 of it, which covers the rounding
 * of the sum of squares (relative error below 2^-26 for 2^27 entries), of the factor and of each
 * product (2^-24).
 */
public final class L2Clipping {
  private static final double MARGIN = 1 - 0x1p-22;

  private L2Clipping() {}

  /**
   * Scales a vector in place so that its norm does not exceed the bound.
   *
   * @param bound positive, at least {@link Float#MIN_NORMAL}
   * @return the factor that was applied, 0 to 1; 1 leaves the vector untouched
   * @throws NonFiniteValueException if an entry is NaN or infinite; nothing is changed then
   */
  public static double clip(float[] vector, float bound) {
    double factor = factor(vector, bound);
    if (factor < 1) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) (vector[i] * factor);
      }
    }
    return factor;
  }

  /**
   * The factor that {@link #clip} would apply.
   *
   * @throws NonFiniteValueException if an entry is NaN or infinite
   */
  public static double factor(float[] vector, float bound) {
    // Written so that NaN is refused.
    if (!(bound >= Float.MIN_NORMAL && bound <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("bound is " + bound + ", expected a positive number");
    }
    double norm = norm(vector);
    return norm <= bound * MARGIN ? 1 : Math.min(1, bound / norm * MARGIN);
  }

  /**
   * The L2 norm.
   *
   * @throws NonFiniteValueException if an entry is NaN or infinite
   */
  public static double norm(float[] vector) {
    double squares = sumOfSquares(vector);
    // No finite entries overflow: 2^31 squares of at most 2^256 stay below 2^288.
    if (!Double.isFinite(squares)) {
      throw new NonFiniteValueException(firstNonFinite(vector));
    }
    return Math.sqrt(squares);
  }

  /** Four sums, so that an addition need not wait for the one before it. */
  private static double sumOfSquares(float[] vector) {
    double first = 0;
    double second = 0;
    double third = 0;
    double fourth = 0;
    int i = 0;
    for (; i <= vector.length - 4; i += 4) {
      first += (double) vector[i] * vector[i];
      second += (double) vector[i + 1] * vector[i + 1];
      third += (double) vector[i + 2] * vector[i + 2];
      fourth += (double) vector[i + 3] * vector[i + 3];
    }
    for (; i < vector.length; i++) {
      first += (double) vector[i] * vector[i];
    }
    return (first + second) + (third + fourth);
  }

  private static String firstNonFinite(float[] vector) {
    int index = 0;
    while (Float.isFinite(vector[index])) {
      index++;
    }
    return "entry %d of %d is %s, expected a finite number"
        .formatted(index, vector.length, vector[index]);
  }
}
