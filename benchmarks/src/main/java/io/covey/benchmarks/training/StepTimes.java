package io.covey.benchmarks.training;

import java.util.Arrays;

/**
 * How long steps took. On a machine that does other things, too, the fastest tenth says most of
 * what a step needs.
 */
final class StepTimes {

  private static final double NANOS_PER_MICRO = 1e3;

  private final long[] sortedNanos;

  StepTimes(long... nanos) {
    this.sortedNanos = nanos.clone();
    Arrays.sort(sortedNanos);
  }

  /** The tenth part of the way from the fastest to the slowest. */
  double fastestTenthMicros() {
    return sortedNanos[sortedNanos.length / 10] / NANOS_PER_MICRO;
  }

  double medianMicros() {
    return sortedNanos[sortedNanos.length / 2] / NANOS_PER_MICRO;
  }

  /** Their number. */
  int count() {
    return sortedNanos.length;
  }
}
