package io.covey.crypto.secagg;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What a session takes for granted about its cohort, and how sure it wants to be.
 *
 * @param corruptFraction of the cohort, helps the coordinator; 0 to below 1/2
 * @param dropoutFraction of the cohort, may vanish; 0 to below 1/2
 * @param privacyBits sigma: a single update opens with probability at most 2^-sigma, 1 to 256
 * @param correctnessBits eta: too few neighbours survive with probability at most 2^-eta, 1 to 256
 */
public record SecAggAssumptions(
    AdversaryModel adversary,
    double corruptFraction,
    double dropoutFraction,
    int privacyBits,
    int correctnessBits) {
  public static final int DEFAULT_PRIVACY_BITS = 40;
  public static final int DEFAULT_CORRECTNESS_BITS = 30;

  private static final int MAXIMUM_BITS = 256;

  public SecAggAssumptions {
    checkFraction("corrupt fraction", corruptFraction);
    checkFraction("dropout fraction", dropoutFraction);
    checkBits("privacy bits", privacyBits);
    checkBits("correctness bits", correctnessBits);
  }

  /** With sigma = 40 and eta = 30. */
  public static SecAggAssumptions of(
      AdversaryModel adversary, double corruptFraction, double dropoutFraction) {
    return new SecAggAssumptions(
        adversary,
        corruptFraction,
        dropoutFraction,
        DEFAULT_PRIVACY_BITS,
        DEFAULT_CORRECTNESS_BITS);
  }

  /** The same with some more bits of privacy, to pay for an adversary's attempts. */
  public SecAggAssumptions withAttempts(int attemptBits) {
    return new SecAggAssumptions(
        adversary, corruptFraction, dropoutFraction, privacyBits + attemptBits, correctnessBits);
  }

  /** How many of a cohort may help the adversary: the fraction of it, rounded down in decimals. */
  public int corruptOf(int cohort) {
    return floorOf(corruptFraction, cohort);
  }

  int dropoutsOf(int cohort) {
    return floorOf(dropoutFraction, cohort);
  }

  // In decimal: 0.29 * 100 is 28.99... in binary.
  private static int floorOf(double fraction, int cohort) {
    return BigDecimal.valueOf(fraction)
        .multiply(BigDecimal.valueOf(cohort))
        .setScale(0, RoundingMode.FLOOR)
        .intValueExact();
  }

  private static void checkFraction(String what, double fraction) {
    // Written so that NaN is refused.
    if (!(fraction >= 0 && fraction < 0.5)) {
      throw new IllegalArgumentException(what + " is " + fraction + ", expected 0 to below 0.5");
    }
  }

  private static void checkBits(String what, int bits) {
    if (bits < 1 || bits > MAXIMUM_BITS) {
      throw new IllegalArgumentException(what + " are " + bits + ", expected 1 to " + MAXIMUM_BITS);
    }
  }
}
