package io.covey.crypto.privacy;

import com.google.protobuf.ByteString;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Optional;

/**
 * How much noise the sum of a round's updates shall hold, and the choice of an encoding that holds
 * it. Immutable; any thread may use it.
 *
 * @param noiseMultiplier z, deviation of the sum's noise over the L2 sensitivity; 0.01 to 1000
 * @param minimumHonest how many participants' noise counts: the smallest number of survivors that a
 *     sum is opened for, less those that may add none
 * @param rotationSeed the round's public seed of a rotation, 32 bytes, or empty for none
 */
public record PrivacyDemand(double noiseMultiplier, int minimumHonest, ByteString rotationSeed) {
  /** Rounding may cost so much more noise. */
  static final double MAXIMUM_ROUNDING_OVERHEAD = 1.02;

  private static final int MINIMUM_VALUE_BITS = 4;
  private static final int MAXIMUM_VALUE_BITS = 24;

  public PrivacyDemand {
    // Written so that NaN is refused.
    if (!(noiseMultiplier >= 0.01 && noiseMultiplier <= 1000)) {
      throw new IllegalArgumentException(
          "noise multiplier is " + noiseMultiplier + ", expected 0.01 to 1000");
    }
    if (minimumHonest < 1) {
      throw new IllegalArgumentException(
          minimumHonest + " honest participants, expected at least 1");
    }
  }

  /**
   * The encoding with the fewest bits that has this noise: for each number of bits, the finest step
   * that leaves room for entries and noise; of these the first where rounding costs at most 2 %
   * more noise.
   *
   * @param plain parameter count, clip norm and maximum loss are taken from it
   * @param cohortSize the most updates that may come to be summed
   * @throws IllegalArgumentException if no encoding of at most 24 bits has this noise
   */
  public UpdateEncoding applyTo(UpdateEncoding plain, int cohortSize) {
    if (minimumHonest > cohortSize) {
      throw new IllegalArgumentException(
          "%d honest participants, expected at most the cohort of %d"
              .formatted(minimumHonest, cohortSize));
    }
    for (int bits = MINIMUM_VALUE_BITS; bits <= MAXIMUM_VALUE_BITS; bits++) {
      Optional<PrivacyTerms> terms = finestTerms(plain.parameterCount(), bits);
      if (terms.isPresent()) {
        return new UpdateEncoding(
            plain.parameterCount(),
            bits,
            LaneLayout.minimumLaneBits(bits, cohortSize),
            plain.clipNorm(),
            1,
            plain.maximumLoss(),
            terms);
      }
    }
    throw new IllegalArgumentException(
        ("no values of up to %d bits hold %d parameters with noise multiplier %s from %d"
                + " participants; ask for less noise, more survivors or a smaller model")
            .formatted(MAXIMUM_VALUE_BITS, plain.parameterCount(), noiseMultiplier, minimumHonest));
  }

  /** The most noise, in steps, that fits; more steps to everything means finer ones. */
  private Optional<PrivacyTerms> finestTerms(int parameterCount, int valueBits) {
    int low = 1;
    int high = PrivacyTerms.MAXIMUM_STEPS + 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (mayFit(parameterCount, middle, valueBits)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return terms(parameterCount, low)
        .filter(terms -> isGood(DistributedGaussian.of(parameterCount, terms), valueBits));
  }

  /** Monotone: true up to some deviation. Too coarse for any terms fits, but is not good. */
  private boolean mayFit(int parameterCount, int deviationSteps, int valueBits) {
    return clipSteps(parameterCount, deviationSteps) <= PrivacyTerms.MAXIMUM_STEPS
        && terms(parameterCount, deviationSteps)
            .map(terms -> DistributedGaussian.of(parameterCount, terms).fits(valueBits))
            .orElse(true);
  }

  private static boolean isGood(DistributedGaussian mechanism, int valueBits) {
    return mechanism.fits(valueBits) && mechanism.roundingOverhead() <= MAXIMUM_ROUNDING_OVERHEAD;
  }

  /** The longest clip norm, in steps, that so much noise suffices for; empty if there is none. */
  private Optional<PrivacyTerms> terms(int parameterCount, int deviationSteps) {
    if (deviationSteps < 2) {
      return Optional.empty();
    }
    int clipSteps =
        (int) Math.min(PrivacyTerms.MAXIMUM_STEPS, clipSteps(parameterCount, deviationSteps));
    while (clipSteps >= PrivacyTerms.MINIMUM_CLIP_STEPS) {
      PrivacyTerms terms = new PrivacyTerms(minimumHonest, deviationSteps, clipSteps, rotationSeed);
      if (DistributedGaussian.of(parameterCount, terms).noiseMultiplier() >= noiseMultiplier) {
        return Optional.of(terms);
      }
      // The estimate is at most a few steps too long.
      clipSteps--;
    }
    return Optional.empty();
  }

  /** An estimate from above: the sensitivity is solved for the clip norm, without its metrics. */
  private long clipSteps(int parameterCount, int deviationSteps) {
    double sensitivity = deviationSteps * Math.sqrt(minimumHonest) / noiseMultiplier;
    double entries =
        rotationSeed.isEmpty() ? parameterCount : HadamardRotation.paddedLength(parameterCount);
    double rounding = entries / 4.0 + Math.sqrt(entries) / 2 - 0.25;
    double square = sensitivity * sensitivity - rounding;
    double withMetrics = square <= 0 ? 0 : Math.sqrt(square) - 0.5;
    double share = DistributedGaussian.METRIC_SHARE;
    // floor(clip/8) is at least clip/8 - 1, which adds less than 1 to the clip norm.
    return (long) (withMetrics / Math.sqrt(1 + UpdateLayout.METRIC_ENTRIES / (share * share)) + 2);
  }
}
