package io.covey.protocols.message;

import java.util.Optional;

/**
 * How an update becomes 64-bit words.
 *
 * @param parameterCount entries of the model's parameter vector, without the metric entries behind
 *     them
 * @param valueBits bits of one quantized entry
 * @param laneBits bits of the lane that holds the sum of a whole cohort's entries
 * @param clipNorm L2 bound of a participant's update; also the range of each of its entries
 * @param maximumWeight examples beyond this many do not add weight; below 2^valueBits
 * @param maximumLoss bound of the mean loss of an example
 * @param privacy the noise that each participant adds, or empty for none; with it every participant
 *     has weight 1
 */
public record UpdateEncoding(
    int parameterCount,
    int valueBits,
    int laneBits,
    float clipNorm,
    int maximumWeight,
    float maximumLoss,
    Optional<PrivacyTerms> privacy) {
  public UpdateEncoding {
    Limits.checkRange("parameter count", parameterCount, 1, Limits.PARAMETERS);
    Limits.checkRange("value bits", valueBits, 4, 24);
    Limits.checkRange("lane bits", laneBits, valueBits, 63);
    Limits.checkRange("clip norm", clipNorm, 1e-6, 1e6);
    Limits.checkRange("maximum weight", maximumWeight, 1, (1L << valueBits) - 1);
    Limits.checkRange("maximum loss", maximumLoss, 1e-6, 1e6);
    if (privacy.isPresent()) {
      // Or the number of somebody's examples would be part of the sum, which is not noised for it.
      Limits.checkRange("maximum weight under privacy", maximumWeight, 1, 1);
    }
  }

  /** An encoding without noise. */
  public UpdateEncoding(
      int parameterCount,
      int valueBits,
      int laneBits,
      float clipNorm,
      int maximumWeight,
      float maximumLoss) {
    this(
        parameterCount,
        valueBits,
        laneBits,
        clipNorm,
        maximumWeight,
        maximumLoss,
        Optional.empty());
  }
}
