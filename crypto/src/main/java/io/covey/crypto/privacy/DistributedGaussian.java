package io.covey.crypto.privacy;

import io.covey.protocols.message.Limits;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;

/**
 * The numbers of the distributed discrete Gaussian mechanism: Kairouz, Liu and Steinke, "The
 * Distributed Discrete Gaussian Mechanism for Federated Learning with Secure Aggregation", ICML
 * 2021, theorem 1 and proposition 14. What participants enforce, what the coordinator decodes and
 * what the accountant counts is computed here and nowhere else. Lengths are in steps, see {@link
 * PrivacyTerms}. Immutable; any thread may use it.
 *
 * @param entries D of the whole vector: parameters, padded if they are rotated, and metrics
 */
public record DistributedGaussian(int entries, PrivacyTerms terms) {
  /** A metric spans an eighth of the clip norm to either side of zero. */
  static final int METRIC_SHARE = 8;

  /** A bound of the probability that in one round any noise of any participant is clamped. */
  public static final double CLAMP_PROBABILITY = 0x1p-96;

  /** Log2 of the probability that a rotation leaves an entry that must be cut. */
  private static final int LOG2_CUT_PROBABILITY = -20;

  /** So many terms of tau are added up; each of the others counts as the next one. */
  private static final int TAU_TERMS = 64;

  /**
   * The mechanism of an encoding.
   *
   * @throws IllegalArgumentException if the encoding has no privacy terms
   */
  public static DistributedGaussian of(UpdateEncoding encoding) {
    PrivacyTerms terms =
        encoding
            .privacy()
            .orElseThrow(() -> new IllegalArgumentException("the encoding has no privacy terms"));
    return of(encoding.parameterCount(), terms);
  }

  static DistributedGaussian of(int parameterCount, PrivacyTerms terms) {
    int parameters =
        terms.rotated() ? HadamardRotation.paddedLength(parameterCount) : parameterCount;
    return new DistributedGaussian(parameters + UpdateLayout.METRIC_ENTRIES, terms);
  }

  /** The largest magnitude of a metric's entry before noise, at least 1. */
  int metricSteps() {
    return terms.clipSteps() / METRIC_SHARE;
  }

  /** The L2 bound c of a vector before it is rounded: the clip norm and three full metrics. */
  double clippedNorm() {
    double clip = terms.clipSteps();
    double metric = metricSteps();
    return Math.sqrt(clip * clip + UpdateLayout.METRIC_ENTRIES * metric * metric);
  }

  /**
   * The square of the L2 sensitivity: no rounded vector is longer. {@code c^2 + c + D/4 +
   * sqrt(D)/2}, which is theorem 1's {@code c^2 + D/4 + sqrt(2*ln(1/beta)) * (c + sqrt(D)/2)} for
   * beta = e^(-1/2). The other bound there, {@code (c + sqrt(D))^2}, is never smaller.
   */
  long squaredNormBound() {
    double norm = clippedNorm();
    // No overflow: below 2^42.
    return (long) (norm * norm + norm + entries / 4.0 + Math.sqrt(entries) / 2);
  }

  /** How much longer than before a vector may be after rounding, at least 1. */
  double roundingOverhead() {
    return Math.sqrt((double) squaredNormBound()) / clippedNorm();
  }

  /**
   * The largest magnitude of the noise in one entry; the rest is clamped. A discrete Gaussian is
   * subgaussian (Canonne, Kamath and Steinke, NeurIPS 2020), so a sample exceeds {@code u * sigma}
   * with probability below {@code 2*e^(-u^2/2)}; u is such that this times D, times the largest
   * cohort there can be, is 2^-96.
   */
  int noiseLimit() {
    double logInverse = Math.log(2.0 * Limits.COHORT * entries) - Math.log(CLAMP_PROBABILITY);
    return (int) Math.ceil(terms.noiseDeviationSteps() * Math.sqrt(2 * logInverse));
  }

  /**
   * The largest magnitude before noise that there must be room for: the clip norm, since one entry
   * may hold all of it; after a rotation what no entry exceeds but with probability 2^-20.
   */
  int neededLimit() {
    if (!terms.rotated()) {
      return terms.clipSteps();
    }
    int parameters = entries - UpdateLayout.METRIC_ENTRIES;
    double logInverse = Math.log(2.0 * parameters) - LOG2_CUT_PROBABILITY * Math.log(2);
    double spread = terms.clipSteps() * Math.sqrt(2 * logInverse / parameters) + 1;
    return (int) Math.max(metricSteps(), Math.min(terms.clipSteps(), Math.ceil(spread)));
  }

  /** Whether values of so many bits hold entries and noise. */
  boolean fits(int valueBits) {
    return (long) neededLimit() + noiseLimit() < 1L << (valueBits - 1);
  }

  /**
   * What a sum of n discrete Gaussians differs from one, in its logarithm and for one entry: {@code
   * tau = 10 * sum over k from 1 to n-1 of e^(-2*pi^2*sigma^2*k/(k+1))}, for the participants whose
   * noise is counted; an upper bound, exact up to 65 participants.
   */
  double tau() {
    int summands = terms.minimumHonest() - 1;
    double sum = 0;
    for (int k = 1; k <= Math.min(summands, TAU_TERMS); k++) {
      sum += tauTerm(k);
    }
    // The terms fall.
    return 10 * (sum + Math.max(0, summands - TAU_TERMS) * tauTerm(TAU_TERMS + 1));
  }

  private double tauTerm(int k) {
    double deviation = terms.noiseDeviationSteps();
    return Math.exp(-2 * Math.PI * Math.PI * deviation * deviation * k / (k + 1));
  }

  /** Deviation of the noise of the participants that are counted over the L2 sensitivity. */
  double nominalNoiseMultiplier() {
    return terms.noiseDeviationSteps()
        * Math.sqrt(terms.minimumHonest())
        / Math.sqrt((double) squaredNormBound());
  }

  /**
   * The noise multiplier z of a continuous Gaussian mechanism that is at most as private: {@code
   * 1/z = 1/z' + tau*sqrt(D)} for the nominal multiplier z'. By proposition 14 its Renyi
   * divergences, {@code alpha/(2*z^2)} at every order, bound those of the sum of discrete
   * Gaussians, and nothing is left to be added.
   */
  public double noiseMultiplier() {
    return 1 / (1 / nominalNoiseMultiplier() + tau() * Math.sqrt(entries));
  }

  /**
   * Deviation of the noise that one participant adds to each entry over the L2 sensitivity: what
   * its noise is worth, whatever the length of a step. The same to the last bit wherever it is
   * computed, since it takes only operations that IEEE 754 rounds correctly.
   */
  public double localMultiplier() {
    return terms.noiseDeviationSteps() / Math.sqrt((double) squaredNormBound());
  }

  /** Deviation of the noise that one participant adds to each entry over the clip norm. */
  public double localDeviation() {
    return terms.noiseDeviationSteps() / (double) terms.clipSteps();
  }
}
