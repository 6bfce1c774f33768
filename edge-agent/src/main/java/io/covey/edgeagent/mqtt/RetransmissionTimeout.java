package io.covey.edgeagent.mqtt;

import java.time.Duration;

/**
 * How long to wait for what was asked for before asking again: RFC 6298, on blocks instead of
 * segments. Smoothed round trip and its variation (section 2), doubled for each time-out in a row
 * (5.5), and no samples from what was asked for twice (Karn's algorithm, section 3). The minimum is
 * twice that of section 2.4: below MQTT is TCP, which repeats by itself what is lost on its way.
 *
 * <p>Pure; not safe for several threads.
 */
final class RetransmissionTimeout {
  private static final Duration MINIMUM = Duration.ofSeconds(2);

  private final long initialNanos;
  private final long longestNanos;
  private long smoothed = -1;
  private long variation;
  private int doublings;

  /**
   * @param initial before anything was measured
   * @param longest where the doubling ends
   */
  RetransmissionTimeout(Duration initial, Duration longest) {
    this.initialNanos = initial.toNanos();
    this.longestNanos = Math.max(initialNanos, longest.toNanos());
  }

  /** What was asked for once has come after {@code roundTrip}. */
  void sample(Duration roundTrip) {
    long sample = Math.max(0, Math.min(roundTrip.toNanos(), longestNanos));
    if (smoothed < 0) {
      smoothed = sample;
      variation = sample / 2;
    } else {
      // The gains of section 2.3: 1/4 and 1/8.
      variation += (Math.abs(smoothed - sample) - variation) / 4;
      smoothed += (sample - smoothed) / 8;
    }
    doublings = 0;
  }

  /** What was asked for has not come in time. */
  void expired() {
    doublings = Math.min(doublings + 1, 16);
  }

  Duration current() {
    long base = smoothed < 0 ? initialNanos : Math.max(MINIMUM.toNanos(), smoothed + 4 * variation);
    // No overflow: at most an hour, which is below 2^42 ns, times 2^16.
    return Duration.ofNanos(Math.min(longestNanos, base << doublings));
  }
}
