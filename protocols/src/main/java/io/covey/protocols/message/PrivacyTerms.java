package io.covey.protocols.message;

import com.google.protobuf.ByteString;

/**
 * What each participant does so that the sum of a cohort's updates is differentially private: the
 * terms of the distributed discrete Gaussian mechanism (Kairouz, Liu and Steinke, ICML 2021). A
 * step is the distance of two levels; lengths in steps are integers, so that both sides and the
 * accountant speak of the same numbers.
 *
 * @param minimumHonest how many participants' noise suffices for what was promised: survivors, less
 *     those who may add none
 * @param noiseDeviationSteps standard deviation of the noise of one participant in each entry
 * @param clipSteps the clip norm in steps
 * @param rotationSeed seed of the randomized Hadamard rotation, {@value #ROTATION_SEED_BYTES} bytes
 *     that everybody may know; empty if nothing is rotated
 */
public record PrivacyTerms(
    int minimumHonest, int noiseDeviationSteps, int clipSteps, ByteString rotationSeed) {
  /** Length of the seed of a rotation. */
  public static final int ROTATION_SEED_BYTES = 32;

  /** Metrics are an eighth of the clip norm long, and must have a level of their own. */
  public static final int MINIMUM_CLIP_STEPS = 8;

  /** Both lengths are less than the levels of the widest value. */
  public static final int MAXIMUM_STEPS = 1 << 20;

  public PrivacyTerms {
    Limits.checkRange("minimum honest participants", minimumHonest, 1, Limits.COHORT);
    // Below 2 steps a sum of discrete Gaussians is no longer close to a discrete Gaussian.
    Limits.checkRange("noise deviation in steps", noiseDeviationSteps, 2, MAXIMUM_STEPS);
    Limits.checkRange("clip norm in steps", clipSteps, MINIMUM_CLIP_STEPS, MAXIMUM_STEPS);
    if (!rotationSeed.isEmpty() && rotationSeed.size() != ROTATION_SEED_BYTES) {
      throw new IllegalArgumentException(
          "rotation seed of %d bytes, expected none or %d"
              .formatted(rotationSeed.size(), ROTATION_SEED_BYTES));
    }
  }

  /** Whether the parameters are rotated before they are rounded. */
  public boolean rotated() {
    return !rotationSeed.isEmpty();
  }
}
