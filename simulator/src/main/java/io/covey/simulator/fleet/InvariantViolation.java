package io.covey.simulator.fleet;

import java.time.Duration;

/** Something happened in a simulation that must never happen; its seed replays it. */
public final class InvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvariantViolation(String what, long seed, Duration virtualTime) {
    super("seed %d, virtual time %s: %s".formatted(seed, virtualTime, what));
  }
}
