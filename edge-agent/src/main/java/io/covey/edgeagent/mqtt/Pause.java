package io.covey.edgeagent.mqtt;

import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A wait before a next attempt, with full jitter: uniform between zero and a bound that doubles
 * with each attempt in a row. The scheduler's thread only.
 */
final class Pause {
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final FetchSettings settings;
  private Scheduler.@Nullable Timer timer;
  private int attempts;

  Pause(Scheduler scheduler, RandomGenerator random, FetchSettings settings) {
    this.scheduler = scheduler;
    this.random = random;
    this.settings = settings;
  }

  /** From the beginning of the wait to {@link #end}, also once its time has passed. */
  boolean isOn() {
    return timer != null;
  }

  /**
   * Begins one.
   *
   * @return how long it takes
   */
  Duration begin(Runnable over) {
    end();
    attempts++;
    long longest = settings.longestBackoff().toMillis();
    long first = settings.firstBackoff().toMillis();
    // No overflow: durations in milliseconds stay below 2^22 here, and the shift below 2^20.
    long bound = Math.min(longest, first << Math.min(attempts - 1, 20));
    Duration wait = Duration.ofMillis(random.nextLong(bound + 1));
    timer = scheduler.schedule(wait, over);
    return wait;
  }

  void end() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** The next wait is a first one. */
  void reset() {
    attempts = 0;
  }
}
