package io.covey.protocols.time;

import java.time.Duration;

/** How long a simulated device takes for its work. Answers must not be negative. */
@FunctionalInterface
public interface CostModel {
  /** All work is done in no time. */
  CostModel FREE = load -> Duration.ZERO;

  /** The virtual time that {@code load} takes; at least 0. */
  Duration cost(Workload load);
}
