package io.covey.crypto.secagg.server;

import io.covey.crypto.secagg.NeighbourGraph;
import io.covey.crypto.secagg.Roster;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The roster and who is whose neighbour in it. Sets are by rank in the roster, counted from 1, so
 * that to look at everybody's neighbours takes n*k bits and nothing is allocated for it. The
 * neighbours of a participant are worked out once.
 */
final class Cohort {
  private final Roster roster;
  private final NeighbourGraph graph;
  private final int[][] neighbours;

  Cohort(Roster roster, NeighbourGraph graph) {
    this.roster = roster;
    this.graph = graph;
    this.neighbours = new int[roster.size() + 1][];
  }

  Roster roster() {
    return roster;
  }

  /** Ascending; not to be changed. */
  int[] neighboursOf(int rank) {
    if (neighbours[rank] == null) {
      neighbours[rank] = graph.ranksOf(rank);
    }
    return neighbours[rank];
  }

  AgentId agent(int rank) {
    return roster.entries().get(rank - 1).from();
  }

  BitSet ranksOf(Collection<AgentId> agents) {
    BitSet ranks = new BitSet(roster.size() + 1);
    agents.forEach(agent -> ranks.set(roster.rankOf(agent)));
    return ranks;
  }

  List<AgentId> agents(BitSet ranks) {
    List<AgentId> agents = new ArrayList<>();
    ranks.stream().forEach(rank -> agents.add(agent(rank)));
    return agents;
  }

  /** How many of a participant's neighbours are in a set. */
  int neighboursIn(BitSet set, int rank) {
    int count = 0;
    for (int neighbour : neighboursOf(rank)) {
      count += set.get(neighbour) ? 1 : 0;
    }
    return count;
  }

  /** Whether everybody has at least so many neighbours in a set. */
  boolean allHave(int threshold, BitSet set, BitSet everybody) {
    return everybody.stream().allMatch(rank -> neighboursIn(set, rank) >= threshold);
  }

  /** Whether agents are exactly the neighbours of one. */
  boolean areAllNeighbours(Set<AgentId> agents, AgentId of) {
    return agents.size() == graph.neighbours() && areNeighbours(agents, of);
  }

  /** Whether agents are neighbours of one, not counting how many. */
  boolean areNeighbours(Collection<AgentId> agents, AgentId of) {
    BitSet ranks = new BitSet();
    for (int neighbour : neighboursOf(roster.rankOf(of))) {
      ranks.set(neighbour);
    }
    return agents.stream().allMatch(a -> roster.contains(a) && ranks.get(roster.rankOf(a)));
  }
}
