package io.covey.architecture.planted.models.graph;

import io.covey.architecture.planted.simulator.clock.VirtualTime;

/** Planted: breaks a rule on purpose. */
public final class CoreThatSeesTheSimulator {
  public boolean see(VirtualTime time) {
    return equals(time);
  }
}
