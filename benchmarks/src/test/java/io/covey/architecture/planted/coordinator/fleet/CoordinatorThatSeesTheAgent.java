package io.covey.architecture.planted.coordinator.fleet;

import io.covey.architecture.planted.edgeagent.serving.AgentThatSeesTheCoordinator;

/** Planted: breaks a rule on purpose. */
public final class CoordinatorThatSeesTheAgent {
  public boolean see(AgentThatSeesTheCoordinator other) {
    return equals(other);
  }
}
