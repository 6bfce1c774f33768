package io.covey.protocols.transport;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt to connect: full jitter (M. Brooker, "Exponential
 * Backoff And Jitter", 2015), so that a fleet that lost its broker does not come back in step.
 */
final class Backoff {
  private static final int DOUBLINGS = 30;

  private final TransportSettings.BackoffBounds bounds;
  private final RandomGenerator random;
  private int attempts;

  Backoff(TransportSettings.BackoffBounds bounds, RandomGenerator random) {
    this.bounds = bounds;
    this.random = random;
  }

  /** Between nothing and {@code min(maximum, minimum * 2^attempts)}; counts the attempt. */
  Duration next() {
    double maximumNanos = (double) bounds.maximum().toNanos();
    double grownNanos = Math.scalb((double) bounds.minimum().toNanos(), attempts);
    double ceilingNanos = Math.min(maximumNanos, grownNanos);
    attempts = Math.min(attempts + 1, DOUBLINGS);
    return Duration.ofNanos((long) (random.nextDouble() * ceilingNanos));
  }

  /**
   * A connection that lasted for {@code lifetime} is lost. Only one that lasted counts as a
   * success; a broker that accepts and then cuts must not be stormed.
   */
  void connectionLasted(Duration lifetime) {
    if (lifetime.compareTo(bounds.maximum()) >= 0) {
      attempts = 0;
    }
  }
}
