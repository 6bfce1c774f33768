package io.covey.protocols.time;

import java.time.Duration;
import java.time.Instant;

/**
 * A token bucket: so many bytes a second on average, and at most a second's worth at once, or one
 * piece that is larger than that.
 *
 * <p>Pure: time is an argument. A clock that goes back gives nothing, and one that jumps ahead
 * gives no more than a full bucket. Not safe for several threads.
 */
public final class RateLimit {
  private static final double NANOS = 1e9;

  // As a double: exact below 2^53.
  private final double bytesPerSecond;
  private double tokens;
  private Instant last;

  private RateLimit(long bytesPerSecond, Instant now) {
    this.bytesPerSecond = bytesPerSecond;
    this.tokens = bytesPerSecond;
    this.last = now;
  }

  /**
   * A full bucket.
   *
   * @param bytesPerSecond 0 for no limit
   */
  public static RateLimit of(long bytesPerSecond, Instant now) {
    if (bytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "rate of " + bytesPerSecond + " bytes a second, expected 0 or more");
    }
    return new RateLimit(bytesPerSecond, now);
  }

  /** Takes {@code bytes} when {@link #wait} is zero; the bucket may go below empty. */
  public void take(long bytes, Instant now) {
    if (bytesPerSecond > 0) {
      refill(now);
      tokens -= bytes;
    }
  }

  /** How long until {@code bytes} may be taken; zero for now. */
  public Duration wait(long bytes, Instant now) {
    if (bytesPerSecond == 0) {
      return Duration.ZERO;
    }
    refill(now);
    // What is larger than the bucket waits until that is full, and leaves a debt.
    double missing = Math.min((double) bytes, bytesPerSecond) - tokens;
    return missing <= 0
        ? Duration.ZERO
        : Duration.ofNanos(1 + (long) (missing / bytesPerSecond * NANOS));
  }

  private void refill(Instant now) {
    Duration passed = Duration.between(last, now);
    last = now;
    if (passed.isNegative()) {
      return;
    }
    double seconds = passed.getSeconds() + passed.getNano() / NANOS;
    tokens = Math.min(bytesPerSecond, tokens + seconds * bytesPerSecond);
  }
}
