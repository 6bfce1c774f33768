package io.covey.architecture.planted.edgeagent.serving;

import io.covey.architecture.planted.coordinator.fleet.CoordinatorThatSeesTheAgent;

/** Planted: breaks a rule on purpose. */
public final class AgentThatSeesTheCoordinator {
  public boolean see(CoordinatorThatSeesTheAgent other) {
    return equals(other);
  }
}
