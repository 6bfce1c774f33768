package io.covey.crypto.privacy;

import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Arrays;

/**
 * A participant's half of the distributed discrete Gaussian mechanism: algorithm 1 of Kairouz, Liu
 * and Steinke, ICML 2021. Clips, rotates, scales, rounds until the vector is short enough, adds
 * noise and the offset.
 *
 * <p>What privacy rests on is decided in integers: {@link #lengthIsWithin} on the rounded vector,
 * and the noise. Nothing that floating point does before can make a participant count for more.
 * Immutable; any thread may use it.
 */
final class PrivateEntries {
  /**
   * Each attempt succeeds with probability of at least 1 - e^(-1/2), so this many fail with less
   * than 2^-44.
   */
  private static final int MAXIMUM_ATTEMPTS = 64;

  /** Squares of 4096 entries below 2^24 stay below 2^60. */
  private static final int BLOCK_ENTRIES = 4096;

  private final UpdateLayout layout;
  private final DistributedGaussian mechanism;
  private final FixedPoint fixedPoint;

  PrivateEntries(UpdateLayout layout) {
    this.layout = layout;
    this.mechanism = DistributedGaussian.of(layout.encoding());
    this.fixedPoint = layout.parameters();
  }

  /**
   * All entries of an update, 1 to 2^b-1.
   *
   * @param delta not changed
   * @throws NonFiniteValueException if the delta holds a NaN or an infinity
   */
  int[] of(float[] delta, Contribution contribution, RandomWords random) {
    int[] entries = withoutNoise(delta, contribution, random);
    new DiscreteGaussian(random, mechanism.terms().noiseDeviationSteps())
        .addTo(entries, mechanism.noiseLimit());
    for (int i = 0; i < entries.length; i++) {
      entries[i] += fixedPoint.offset();
    }
    return entries;
  }

  /** All entries before noise and offset: a vector no longer than the sensitivity. */
  int[] withoutNoise(float[] delta, Contribution contribution, RandomWords random) {
    float clipNorm = layout.encoding().clipNorm();
    boolean withinClip = L2Clipping.factor(delta, clipNorm) == 1;
    float[] parameters = Arrays.copyOf(delta, layout.parameterEntries());
    // Before the rotation, whose sums could overflow otherwise.
    L2Clipping.clip(parameters, clipNorm);
    HadamardRotation.of(mechanism.terms()).ifPresent(rotation -> rotation.rotate(parameters));
    return rounded(parameters, metrics(contribution, withinClip), random);
  }

  /** Metrics as shares of their range, 0 to 1. */
  private double[] metrics(Contribution contribution, boolean withinClip) {
    UpdateEncoding encoding = layout.encoding();
    double loss = contribution.lossSum() / contribution.examples() / encoding.maximumLoss();
    double accuracy = contribution.correct() / (double) contribution.examples();
    return new double[] {Math.min(loss, 1), accuracy, withinClip ? 1 : 0};
  }

  /** The conditional rounding of that paper, with beta = e^(-1/2). */
  private int[] rounded(float[] parameters, double[] metrics, RandomWords random) {
    StochasticRounding rounding = new StochasticRounding(random);
    int[] entries = new int[layout.lanes().entries()];
    for (int attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
      rounding.quantizer(fixedPoint, parameters, 1).read(0, parameters.length, entries);
      takeOffsetAndCut(entries, parameters.length);
      for (int i = 0; i < metrics.length; i++) {
        int span = mechanism.metricSteps();
        entries[parameters.length + i] = rounding.round(2 * span * metrics[i]) - span;
      }
      if (lengthIsWithin(entries, mechanism.squaredNormBound())) {
        return entries;
      }
    }
    return truncated(parameters, entries);
  }

  private void takeOffsetAndCut(int[] entries, int count) {
    // Room for entries and noise together, so that only noise is ever clamped after this.
    int limit = fixedPoint.levels() - mechanism.noiseLimit();
    for (int i = 0; i < count; i++) {
      entries[i] = Math.max(-limit, Math.min(limit, entries[i] - fixedPoint.offset()));
    }
  }

  /**
   * Rounds the parameters towards zero, which makes no vector longer, and keeps the metrics of the
   * last attempt, which are at most {@link DistributedGaussian#metricSteps} each.
   */
  private int[] truncated(float[] parameters, int[] entries) {
    int limit = fixedPoint.levels() - mechanism.noiseLimit();
    for (int i = 0; i < parameters.length; i++) {
      int steps = (int) (parameters[i] / fixedPoint.step());
      entries[i] = Math.max(-limit, Math.min(limit, steps));
    }
    if (!lengthIsWithin(entries, mechanism.squaredNormBound())) {
      throw new IllegalStateException("a clipped and truncated vector exceeds its bound");
    }
    return entries;
  }

  /** Whether the sum of the squares is at most a bound, in exact integers. */
  static boolean lengthIsWithin(int[] entries, long squaredBound) {
    long squares = 0;
    for (int from = 0; from < entries.length && squares <= squaredBound; from += BLOCK_ENTRIES) {
      int to = Math.min(entries.length, from + BLOCK_ENTRIES);
      for (int i = from; i < to; i++) {
        squares += (long) entries[i] * entries[i];
      }
    }
    return squares <= squaredBound;
  }
}
