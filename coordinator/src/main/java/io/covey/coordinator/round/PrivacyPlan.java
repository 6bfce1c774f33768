package io.covey.coordinator.round;

import io.covey.crypto.privacy.AdaptiveClipping;
import java.util.Optional;

/**
 * How much noise the sum of a round's updates shall hold ({@link io.covey.crypto.privacy}). How
 * many participants' noise counts follows from the rest of the plan: {@link
 * TrainingPlan#minimumHonest}.
 *
 * @param noiseMultiplier z, deviation of the sum's noise over the L2 sensitivity; 0.01 to 1000
 * @param rotated whether updates are rotated before they are rounded, each round by a seed of its
 *     own
 * @param adaptiveClipping how the clip norm follows from round to round; empty if it stays as it is
 */
public record PrivacyPlan(
    double noiseMultiplier, boolean rotated, Optional<Clipping> adaptiveClipping) {

  /**
   * Adaptive clipping: Andrew, Thakkar, McMahan and Ramaswamy, NeurIPS 2021.
   *
   * @param quantile share of updates that should be within the clip norm, 0 to 1
   * @param learningRate of the clip norm's logarithm, 0 to 10; 0.2 there
   */
  public record Clipping(double quantile, double learningRate) {
    /** What a plan allows; the float next to 1e-6 may be below it. */
    private static final float LEAST_NORM = 2e-6f;

    private static final float LARGEST_NORM = 1e6f;

    public Clipping {
      rule(quantile, learningRate);
    }

    /**
     * The next round's clip norm.
     *
     * @param clipNorm of the round that the share is from
     * @param withinClip share of updates within it, 0 to 1, with noise
     */
    public float next(float clipNorm, double withinClip) {
      return rule(quantile, learningRate).next(clipNorm, withinClip);
    }

    private static AdaptiveClipping rule(double quantile, double learningRate) {
      return new AdaptiveClipping(quantile, learningRate, LEAST_NORM, LARGEST_NORM);
    }
  }

  public PrivacyPlan {
    // Written so that NaN is refused.
    if (!(noiseMultiplier >= 0.01 && noiseMultiplier <= 1000)) {
      throw new IllegalArgumentException(
          "noiseMultiplier is " + noiseMultiplier + ", expected 0.01 to 1000");
    }
  }
}
