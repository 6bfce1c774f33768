package io.covey.crypto.identity;

import java.time.Duration;
import java.time.Instant;

/**
 * When to renew a certificate: between two thirds and five sixths of its life, each device at
 * another time, so that a fleet that was enrolled in one hour does not come back in one. Pure: the
 * time is an argument.
 *
 * @param jitter the device's place in between, 0 to below 1; drawn once for each certificate
 */
public record RenewalSchedule(Validity validity, double jitter) {
  private static final double EARLIEST_PART = 2.0 / 3;
  private static final double LATEST_PART = 5.0 / 6;

  /** What is to be done. */
  public enum Step {
    /** The clock says that the certificate does not count yet: the clock is wrong. */
    CLOCK_IS_BEHIND,
    WAIT,
    RENEW,
    /** Too late to renew: the device has to be enrolled again, or its clock is wrong. */
    ENROL_AGAIN
  }

  public RenewalSchedule {
    if (!(jitter >= 0 && jitter < 1)) {
      throw new IllegalArgumentException("jitter of " + jitter + ", expected 0 to below 1");
    }
  }

  /** From when it is to be renewed. */
  public Instant dueAt() {
    double part = EARLIEST_PART + jitter * (LATEST_PART - EARLIEST_PART);
    // No overflow: a lifetime has at most 2^32 seconds.
    return validity
        .notBefore()
        .plus(Duration.ofMillis((long) (part * validity.lifetime().toMillis())));
  }

  /** What is to be done at {@code now}. */
  public Step at(Instant now) {
    if (validity.hasEnded(now)) {
      return Step.ENROL_AGAIN;
    }
    if (!validity.covers(now)) {
      return Step.CLOCK_IS_BEHIND;
    }
    return now.isBefore(dueAt()) ? Step.WAIT : Step.RENEW;
  }
}
