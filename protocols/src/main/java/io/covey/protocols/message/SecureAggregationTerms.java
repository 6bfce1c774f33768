package io.covey.protocols.message;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How a round's secure aggregation is set up; docs/secure-aggregation.md says how the numbers
 * follow from the assumptions.
 *
 * @param neighbours k: with how many others each participant shares masks and secrets
 * @param threshold t: how many of them open a secret, 2 to k
 * @param corruptFraction of the cohort, may help the coordinator; 0 to below 1/2
 * @param dropoutFraction of the cohort, may vanish; 0 to below 1/2
 * @param privacyBits sigma
 * @param correctnessBits eta
 * @param phaseTimeout how long a step may take that waits for no training; whole milliseconds
 */
public record SecureAggregationTerms(
    int neighbours,
    int threshold,
    Adversary adversary,
    double corruptFraction,
    double dropoutFraction,
    int privacyBits,
    int correctnessBits,
    Duration phaseTimeout) {
  private static final double LARGEST_FRACTION = Math.nextDown(0.5);
  private static final long LONGEST_TIMEOUT_MILLIS = Duration.ofDays(1).toMillis();

  /** What the coordinator and its helpers are assumed to do. */
  public enum Adversary {
    SEMI_HONEST,
    SEMI_MALICIOUS
  }

  public SecureAggregationTerms {
    Limits.checkRange("neighbours", neighbours, 2, Limits.COHORT);
    Limits.checkRange("threshold", threshold, 2, neighbours);
    Limits.checkRange("corrupt fraction", corruptFraction, 0, LARGEST_FRACTION);
    Limits.checkRange("dropout fraction", dropoutFraction, 0, LARGEST_FRACTION);
    Limits.checkRange("privacy bits", privacyBits, 1, 256);
    Limits.checkRange("correctness bits", correctnessBits, 1, 256);
    Limits.checkRange("phase timeout (ms)", phaseTimeout.toMillis(), 1, LONGEST_TIMEOUT_MILLIS);
    // The wire counts milliseconds.
    phaseTimeout = phaseTimeout.truncatedTo(ChronoUnit.MILLIS);
  }
}
