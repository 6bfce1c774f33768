package io.covey.benchmarks.training;

import java.util.Arrays;

/**
 * How long steps took. Other programs on the machine only ever make a step slower, so that the
 * fastest are those to compare; a tenth of them, since one alone may be a clock's doing.
 */
public final class StepTimes {
  private static final int PART = 10;
  private static final double NANOS_PER_MICRO = 1e3;

  private final long[] nanos;
  private int count;

  /** No steps yet. */
  public StepTimes(int capacity) {
    nanos = new long[capacity];
  }

  /** Notes how long a step took. */
  public void add(long stepNanos) {
    nanos[count++] = stepNanos;
  }

  /** The mean of the fastest tenth, at least one step, in microseconds. */
  public double fastestTenthMicros() {
    if (count == 0) {
      throw new IllegalStateException("no step was timed");
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int fastest = Math.max(1, count / PART);
    return Arrays.stream(sorted, 0, fastest).average().orElseThrow() / NANOS_PER_MICRO;
  }
}
