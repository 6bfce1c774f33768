package io.covey.crypto.privacy.accounting;

import java.util.Arrays;

/**
 * A bound of the Renyi divergences between what is seen with and without a participant, at the
 * integer orders 2 to 512. Curves of rounds add up, also if later rounds depend on what earlier
 * ones showed (Mironov, "Renyi Differential Privacy", CSF 2017, proposition 1). Immutable; any
 * thread may use it.
 */
public final class RenyiCurve {
  /** Smallest order. */
  public static final int MINIMUM_ORDER = 2;

  /** Largest order. */
  public static final int MAXIMUM_ORDER = 512;

  private static final int ORDERS = MAXIMUM_ORDER - MINIMUM_ORDER + 1;

  // Element i is the divergence at order i + 2.
  private final double[] divergences;

  private RenyiCurve(double[] divergences) {
    this.divergences = divergences;
  }

  /** Of nothing at all. */
  public static RenyiCurve zero() {
    return new RenyiCurve(new double[ORDERS]);
  }

  /**
   * Of the Gaussian mechanism: {@code alpha/(2*z^2)} (Mironov, CSF 2017, proposition 7).
   *
   * @param noiseMultiplier z, positive
   */
  public static RenyiCurve gaussian(double noiseMultiplier) {
    requirePositive(noiseMultiplier);
    double[] divergences = new double[ORDERS];
    for (int i = 0; i < ORDERS; i++) {
      divergences[i] = (i + MINIMUM_ORDER) / (2 * noiseMultiplier * noiseMultiplier);
    }
    return new RenyiCurve(divergences);
  }

  /**
   * Of the Gaussian mechanism over a Poisson sample: Mironov, Talwar and Zhang, "Renyi Differential
   * Privacy of the Sampled Gaussian Mechanism", 2019, section 3.3.
   *
   * @param samplingRate q, above 0 and at most 1
   * @param noiseMultiplier z, positive
   */
  public static RenyiCurve sampledGaussian(double samplingRate, double noiseMultiplier) {
    requirePositive(noiseMultiplier);
    // Written so that NaN is refused.
    if (!(samplingRate > 0 && samplingRate <= 1)) {
      throw new IllegalArgumentException(
          "sampling rate is " + samplingRate + ", expected above 0 to 1");
    }
    if (samplingRate == 1) {
      return gaussian(noiseMultiplier);
    }
    SampledMoments moments = new SampledMoments(samplingRate, noiseMultiplier);
    double[] divergences = new double[ORDERS];
    for (int i = 0; i < ORDERS; i++) {
      int order = i + MINIMUM_ORDER;
      divergences[i] = moments.logMoment(order) / (order - 1);
    }
    return new RenyiCurve(divergences);
  }

  private static void requirePositive(double noiseMultiplier) {
    if (!(noiseMultiplier > 0 && noiseMultiplier < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "noise multiplier is " + noiseMultiplier + ", expected a positive number");
    }
  }

  /** Of both, one after the other. */
  public RenyiCurve plus(RenyiCurve other) {
    double[] sum = divergences.clone();
    for (int i = 0; i < ORDERS; i++) {
      sum[i] += other.divergences[i];
    }
    return new RenyiCurve(sum);
  }

  /** Of so many alike, one after the other. */
  public RenyiCurve times(long rounds) {
    double[] product = divergences.clone();
    for (int i = 0; i < ORDERS; i++) {
      product[i] *= rounds;
    }
    return new RenyiCurve(product);
  }

  /** The divergence at an order. */
  public double at(int order) {
    return divergences[order - MINIMUM_ORDER];
  }

  /**
   * The smallest epsilon that the curve shows for a delta: {@code min over alpha of rdp +
   * log((alpha-1)/alpha) - (log(delta) + log(alpha))/(alpha-1)}, at least 0 (Canonne, Kamath and
   * Steinke, NeurIPS 2020, proposition 12).
   *
   * @param delta above 0 and below 1
   */
  public double epsilon(double delta) {
    return Math.max(0, epsilonAt(bestOrder(delta), delta));
  }

  /** The order that shows the smallest epsilon. */
  public int bestOrder(double delta) {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta is " + delta + ", expected above 0 and below 1");
    }
    int best = MINIMUM_ORDER;
    for (int order = MINIMUM_ORDER + 1; order <= MAXIMUM_ORDER; order++) {
      if (epsilonAt(order, delta) < epsilonAt(best, delta)) {
        best = order;
      }
    }
    return best;
  }

  private double epsilonAt(int order, double delta) {
    return at(order) + Math.log1p(-1.0 / order) - (Math.log(delta) + Math.log(order)) / (order - 1);
  }

  @Override
  public String toString() {
    return "RenyiCurve" + Arrays.toString(Arrays.copyOf(divergences, 7)) + "...";
  }
}
