package io.covey.coordinator.release;

import java.time.Duration;

/**
 * How long documents hold. Devices take nothing new once the timestamp has expired, so it is made
 * anew at every {@code renewal}; the others when half of their time is over.
 *
 * @param timestamp at least three times {@code renewal}: two may fail
 */
public record Lifetimes(Duration timestamp, Duration documents, Duration renewal) {
  /** A day, made anew every six hours; 90 days. */
  public static final Lifetimes STANDARD =
      new Lifetimes(Duration.ofDays(1), Duration.ofDays(90), Duration.ofHours(6));

  public Lifetimes {
    if (renewal.toSeconds() < 1 || timestamp.compareTo(renewal.multipliedBy(3)) < 0) {
      throw new IllegalArgumentException(
          "timestamps for %s, renewed every %s: expected three times as long"
              .formatted(timestamp, renewal));
    }
    if (documents.compareTo(timestamp) < 0) {
      throw new IllegalArgumentException(
          "documents for %s, expected no less than timestamps for %s"
              .formatted(documents, timestamp));
    }
  }
}
