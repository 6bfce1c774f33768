package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;

/** Told of every change that may matter to a round; on the owner's thread. */
public interface FleetListener {

  /** The agent's presence or readiness changed. */
  void agentChanged(AgentId agent, boolean online);
}
