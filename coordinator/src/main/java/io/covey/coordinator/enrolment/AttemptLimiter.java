package io.covey.coordinator.enrolment;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A token bucket for each address: so many attempts at once, and one more for each interval after
 * that. Remembers a bounded number of addresses; the one that was used least recently is forgotten.
 *
 * <p>Belongs to one thread; the time is an argument.
 */
final class AttemptLimiter {
  private final int burst;
  private final Duration interval;
  private final Map<String, Bucket> buckets;

  /** What is left, at what time. */
  private record Bucket(double left, Instant at) {}

  AttemptLimiter(int burst, Duration interval, int addresses) {
    this.burst = burst;
    this.interval = interval;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > addresses;
          }
        };
  }

  /** Whether there is an attempt left. */
  boolean allows(String address, Instant now) {
    return left(address, now) >= 1;
  }

  /** Takes one. */
  void charge(String address, Instant now) {
    buckets.put(address, new Bucket(Math.max(0, left(address, now) - 1), now));
  }

  private double left(String address, Instant now) {
    Bucket bucket = buckets.getOrDefault(address, new Bucket(burst, now));
    double gained =
        Math.max(0, Duration.between(bucket.at(), now).toMillis()) / (double) interval.toMillis();
    return Math.min(burst, bucket.left() + gained);
  }
}
