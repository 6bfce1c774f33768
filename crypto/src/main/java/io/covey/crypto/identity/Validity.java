package io.covey.crypto.identity;

import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate counts, both ends included (RFC 5280, section 4.1.2.5).
 *
 * @param notBeforeEpochSecond not negative
 * @param notAfterEpochSecond later, by at most {@link #LONGEST}
 */
public record Validity(long notBeforeEpochSecond, long notAfterEpochSecond) {
  /** 100 years: for what is never checked against a real clock, such as a simulation. */
  public static final Duration LONGEST = Duration.ofDays(36_525);

  /** By how much clocks of a fleet may differ before one takes the other's for wrong. */
  public static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(5);

  public Validity {
    // No overflow: both are at least 0 when they are subtracted.
    boolean ordered = notBeforeEpochSecond >= 0 && notAfterEpochSecond > notBeforeEpochSecond;
    if (!ordered || notAfterEpochSecond - notBeforeEpochSecond > LONGEST.toSeconds()) {
      throw new IllegalArgumentException(
          "valid from %d s to %d s after 1970, expected 0 or more, in order, and at most %d s"
              .formatted(notBeforeEpochSecond, notAfterEpochSecond, LONGEST.toSeconds()));
    }
  }

  /** From {@code start} for {@code lifetime}, in whole seconds. */
  public static Validity from(Instant start, Duration lifetime) {
    return new Validity(start.getEpochSecond(), start.getEpochSecond() + lifetime.toSeconds());
  }

  public Instant notBefore() {
    return Instant.ofEpochSecond(notBeforeEpochSecond);
  }

  public Instant notAfter() {
    return Instant.ofEpochSecond(notAfterEpochSecond);
  }

  public Duration lifetime() {
    return Duration.ofSeconds(notAfterEpochSecond - notBeforeEpochSecond);
  }

  /** Whether {@code now} is within, {@link #CLOCK_TOLERANCE} to either side included. */
  public boolean covers(Instant now) {
    return !now.isBefore(notBefore().minus(CLOCK_TOLERANCE)) && !hasEnded(now);
  }

  /** Whether it is over, {@link #CLOCK_TOLERANCE} included. */
  public boolean hasEnded(Instant now) {
    return now.isAfter(notAfter().plus(CLOCK_TOLERANCE));
  }
}
