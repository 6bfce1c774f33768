package io.covey.coordinator.app;

import io.covey.protocols.id.AgentId;
import java.util.HashMap;
import java.util.Map;

/**
 * How many entries of one kind the audit log takes about each agent: a few in an hour; the rest are
 * counted. An agent can say anything as often as it likes, and the log must not grow with that.
 *
 * <p>Bounded by the agents of the fleet. Belongs to one thread.
 */
final class HourlyShare {
  /** Entries about one agent in an hour. */
  static final int LISTED = 8;

  private final Map<AgentId, Integer> listed = new HashMap<>();
  private long unlisted;

  /** Whether one more about this agent becomes an entry; it is counted if not. */
  boolean take(AgentId agent) {
    int before = listed.getOrDefault(agent, 0);
    if (before < LISTED) {
      listed.put(agent, before + 1);
      return true;
    }
    unlisted++;
    return false;
  }

  /** Another hour begins. */
  void nextHour() {
    listed.clear();
  }

  /** How many were only counted. */
  long unlisted() {
    return unlisted;
  }
}
