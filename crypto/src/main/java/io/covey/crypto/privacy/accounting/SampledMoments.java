package io.covey.crypto.privacy.accounting;

/**
 * The moments of the privacy loss of a Poisson-sampled Gaussian at integer orders: {@code log(sum
 * over k from 0 to alpha of binomial(alpha, k) * (1-q)^(alpha-k) * q^k * e^((k^2-k)/(2*z^2)))}.
 *
 * <p>The binomial weights add up to 1 and the terms of k = 0 and 1 have no exponential, so the sum
 * is 1 and positive terms {@code weight * (e^x - 1)} for k from 2. They are added up in logarithms,
 * against overflow, and without the 1, which would swallow them for small q.
 */
final class SampledMoments {
  private static final double[] LOG_FACTORIALS = logFactorials();

  private final double logRate;
  private final double logRest;
  private final double inverseTwiceVariance;

  SampledMoments(double samplingRate, double noiseMultiplier) {
    this.logRate = Math.log(samplingRate);
    this.logRest = Math.log1p(-samplingRate);
    this.inverseTwiceVariance = 1 / (2 * noiseMultiplier * noiseMultiplier);
  }

  private static double[] logFactorials() {
    double[] logs = new double[RenyiCurve.MAXIMUM_ORDER + 1];
    for (int i = 2; i < logs.length; i++) {
      logs[i] = logs[i - 1] + Math.log(i);
    }
    return logs;
  }

  /** The logarithm of the moment of an order, 2 to 512; not negative. */
  double logMoment(int order) {
    double[] logTerms = new double[order - 1];
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 2; k <= order; k++) {
      logTerms[k - 2] = logWeight(order, k) + logExpMinusOne(k * (k - 1.0) * inverseTwiceVariance);
      largest = Math.max(largest, logTerms[k - 2]);
    }
    double sum = 0;
    for (double logTerm : logTerms) {
      sum += Math.exp(logTerm - largest);
    }
    return logOnePlusExp(largest + Math.log(sum));
  }

  private double logWeight(int order, int k) {
    return LOG_FACTORIALS[order]
        - LOG_FACTORIALS[k]
        - LOG_FACTORIALS[order - k]
        + (order - k) * logRest
        + k * logRate;
  }

  /** {@code log(e^x - 1)} for positive x. */
  private static double logExpMinusOne(double x) {
    return x < 1 ? Math.log(Math.expm1(x)) : x + Math.log1p(-Math.exp(-x));
  }

  /** {@code log(1 + e^x)}. */
  private static double logOnePlusExp(double x) {
    return x < 0 ? Math.log1p(Math.exp(x)) : x + Math.log1p(Math.exp(-x));
  }
}
