package io.covey.simulator.data;

import java.util.Random;

/**
 * Draws from a symmetric Dirichlet distribution: independent gamma variates divided by their sum.
 *
 * <p>Gamma variates after Marsaglia and Tsang, A Simple Method for Generating Gamma Variables, ACM
 * TOMS 26(3), 2000; {@link StrictMath}, so that a seed means the same on every machine. Logarithms
 * keep small concentrations from underflowing to a sum of zero.
 */
final class DirichletSampler {
  private final double alpha;
  private final int dimension;

  DirichletSampler(double alpha, int dimension) {
    this.alpha = alpha;
    this.dimension = dimension;
  }

  /** Proportions that are at least 0 and sum to 1. */
  double[] next(Random random) {
    double[] proportions = new double[dimension];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < dimension; i++) {
      proportions[i] = logGamma(random);
      largest = Math.max(largest, proportions[i]);
    }
    double sum = 0;
    for (int i = 0; i < dimension; i++) {
      proportions[i] = StrictMath.exp(proportions[i] - largest);
      sum += proportions[i];
    }
    for (int i = 0; i < dimension; i++) {
      proportions[i] /= sum;
    }
    return proportions;
  }

  /** The logarithm of a gamma variate of shape alpha: one of shape alpha + 1 times U^(1/alpha). */
  private double logGamma(Random random) {
    double d = alpha + 1 - 1.0 / 3;
    double c = 1 / StrictMath.sqrt(9 * d);
    while (true) {
      double normal = random.nextGaussian();
      double v = 1 + c * normal;
      if (v <= 0) {
        continue;
      }
      double logCube = 3 * StrictMath.log(v);
      double bound = 0.5 * normal * normal + d - d * v * v * v + d * logCube;
      if (StrictMath.log(1 - random.nextDouble()) < bound) {
        return StrictMath.log(d) + logCube + StrictMath.log(1 - random.nextDouble()) / alpha;
      }
    }
  }
}
