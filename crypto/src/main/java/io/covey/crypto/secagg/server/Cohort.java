package io.covey.crypto.secagg.server;

import io.covey.crypto.secagg.NeighbourGraph;
import io.covey.crypto.secagg.Roster;
import io.covey.protocols.id.AgentId;
import java.util.Collection;
import java.util.Set;

/** The roster and who is whose neighbour in it. */
record Cohort(Roster roster, NeighbourGraph graph) {

  /** How many of an agent's neighbours are in a set. */
  long neighboursIn(Set<AgentId> set, AgentId of) {
    return graph.of(of).stream().filter(set::contains).count();
  }

  /** Whether everybody has at least so many neighbours in a set. */
  boolean allHave(int threshold, Set<AgentId> set, Collection<AgentId> everybody) {
    return everybody.stream().allMatch(agent -> neighboursIn(set, agent) >= threshold);
  }
}
