package io.covey.protocols.topic;

import io.covey.protocols.id.AgentId;
import java.util.Optional;

/**
 * From whom to whom a topic leads, whatever is said on it.
 *
 * @param agent that speaks or is spoken to; empty when everybody is
 */
public record Route(String topic, Direction direction, Optional<AgentId> agent) {

  /** Who speaks to whom. */
  public enum Direction {
    /** An agent to the coordinator. */
    UP,
    /** The coordinator to one agent. */
    DOWN,
    /** The coordinator to everybody. */
    EVERYBODY
  }

  public Route {
    if (agent.isPresent() == (direction == Direction.EVERYBODY)) {
      throw new IllegalArgumentException("a route " + direction + " with agent " + agent);
    }
  }
}
