package io.covey.crypto.secagg;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Upper bounds on the upper tail of the hypergeometric distribution: {@code draws} neighbours are
 * drawn without replacement from {@code population} participants, {@code marked} of which are
 * corrupt (or drop out).
 *
 * <p>The terms are as small as 2^-1000, where a double would vanish. A decimal with a floating
 * exponent holds them as they are, so that neither logarithms nor their errors come in. Every
 * operation is on non-negative numbers and rounds up, so a result is never below the truth, and
 * above it by less than one part in 10^30 (fewer than 10^4 roundings of 1 in 10^36).
 */
final class HypergeometricTail {
  static final MathContext UP = new MathContext(36, RoundingMode.UP);

  private HypergeometricTail() {}

  /**
   * The smallest {@code x} for which the bound on {@code P[X > x]} is at most {@code limit}.
   *
   * @param limit below 1, so that the result is at least 0
   */
  static int quantile(int population, int marked, int draws, BigDecimal limit) {
    int most = Math.min(marked, draws);
    BigDecimal term = allIn(population, Math.max(marked, draws), most);
    BigDecimal tail = term;
    int x = most;
    // Here tail bounds P[X >= x].
    while (tail.compareTo(limit) <= 0) {
      term = below(term, x, population, marked, draws);
      x--;
      tail = tail.add(term, UP);
    }
    return x;
  }

  /** {@code b(b-1)...(b-a+1) / (n(n-1)...(n-a+1))}: a given {@code a} are all among {@code b}. */
  static BigDecimal allIn(int population, int among, int given) {
    if (given > among) {
      return BigDecimal.ZERO;
    }
    BigDecimal product = BigDecimal.ONE;
    for (int i = 0; i < given; i++) {
      product =
          product
              .multiply(BigDecimal.valueOf(among - i), UP)
              .divide(BigDecimal.valueOf(population - i), UP);
    }
    return product;
  }

  /** {@code P[X = x-1]} from {@code P[X = x]}. */
  private static BigDecimal below(BigDecimal term, int x, int population, int marked, int draws) {
    // No overflow: the factors are at most 2^31 each.
    long numerator = x * ((long) population - marked - draws + x);
    if (numerator <= 0) {
      return BigDecimal.ZERO;
    }
    long denominator = ((long) marked - x + 1) * ((long) draws - x + 1);
    return term.multiply(BigDecimal.valueOf(numerator), UP)
        .divide(BigDecimal.valueOf(denominator), UP);
  }
}
