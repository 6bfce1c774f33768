package io.covey.crypto.privacy;

/**
 * The clip norm of the next round from the share of participants that the last one did not clip:
 * Andrew, Thakkar, McMahan and Ramaswamy, "Differentially Private Learning with Adaptive Clipping",
 * NeurIPS 2021, the geometric update {@code C <- C * e^(-eta*(b - gamma))}.
 *
 * <p>The share b comes from the noised sum ({@link AggregateUpdate#withinClip}), where each
 * participant's indicator is one of the metrics inside the one L2 sensitivity; the clip norm is a
 * function of it and costs no privacy of its own. A change of the clip norm changes the length of a
 * step, and nothing that {@link DistributedGaussian} counts. Immutable; any thread may use it.
 *
 * @param targetQuantile gamma, the share of deltas that should be within the clip norm; 0 to 1
 * @param learningRate eta; 0.2 there, and 0 for a clip norm that stays
 * @param minimum the clip norm does not fall below it
 * @param maximum the clip norm does not rise above it
 */
public record AdaptiveClipping(
    double targetQuantile, double learningRate, float minimum, float maximum) {
  public AdaptiveClipping {
    check("target quantile", targetQuantile, 0, 1);
    check("learning rate", learningRate, 0, 10);
    check("minimum clip norm", minimum, 1e-6, 1e6);
    check("maximum clip norm", maximum, minimum, 1e6);
  }

  /** The median, at the rate of the paper, within the bounds of a plan. */
  public static AdaptiveClipping toMedian() {
    // The float next to 1e-6 may be below it, which a plan would refuse.
    return new AdaptiveClipping(0.5, 0.2, 2e-6f, 1e6f);
  }

  /**
   * The next round's clip norm.
   *
   * @param clipNorm of the round that the share is from
   * @param withinClip share of deltas within it, 0 to 1
   */
  public float next(float clipNorm, double withinClip) {
    check("share within the clip norm", withinClip, 0, 1);
    double next = clipNorm * Math.exp(-learningRate * (withinClip - targetQuantile));
    return (float) Math.max(minimum, Math.min(maximum, next));
  }

  private static void check(String what, double value, double minimum, double maximum) {
    // Written so that NaN is refused.
    if (!(value >= minimum && value <= maximum)) {
      throw new IllegalArgumentException(
          what + " is " + value + ", expected " + minimum + " to " + maximum);
    }
  }
}
