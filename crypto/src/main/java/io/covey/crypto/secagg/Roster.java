package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The participants of a session with their advertised keys, in the order of their ids. Its root
 * binds every key in it; a participant's rank, counted from 1, is where its shares lie.
 *
 * <p>Immutable; thread-safe.
 */
public final class Roster {
  private final List<KeyAdvertisement> entries;
  private final Map<AgentId, Integer> ranks = new HashMap<>();
  private final Octets root;

  /**
   * Takes a roster as it was received.
   *
   * @throws IllegalArgumentException if ids do not ascend strictly, so that one may be twice in it,
   *     or if there are more than {@link SecAggParameters#MAXIMUM_COHORT}
   */
  public Roster(List<KeyAdvertisement> entries) {
    if (entries.size() > SecAggParameters.MAXIMUM_COHORT) {
      throw new IllegalArgumentException(
          "roster of " + entries.size() + ", expected at most " + SecAggParameters.MAXIMUM_COHORT);
    }
    this.entries = List.copyOf(entries);
    Canonical canonical = new Canonical("covey/v1/roster").number(this.entries.size());
    for (KeyAdvertisement entry : this.entries) {
      int rank = ranks.size() + 1;
      if (rank > 1 && this.entries.get(rank - 2).from().compareTo(entry.from()) >= 0) {
        throw new IllegalArgumentException("ids in a roster do not ascend at " + entry.from());
      }
      ranks.put(entry.from(), rank);
      canonical.octets(entry.digest());
    }
    this.root = canonical.digest();
  }

  public int size() {
    return entries.size();
  }

  public List<KeyAdvertisement> entries() {
    return entries;
  }

  public boolean contains(AgentId agent) {
    return ranks.containsKey(agent);
  }

  /**
   * Place of an agent, 1 to the size.
   *
   * @throws IllegalArgumentException if it is not in the roster
   */
  public int rankOf(AgentId agent) {
    Integer rank = ranks.get(agent);
    if (rank == null) {
      throw new IllegalArgumentException(agent + " is not in the roster");
    }
    return rank;
  }

  public KeyAdvertisement entryOf(AgentId agent) {
    return entries.get(rankOf(agent) - 1);
  }

  /** SHA-256 over all entries. */
  public Octets root() {
    return root;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Roster roster && entries.equals(roster.entries);
  }

  @Override
  public int hashCode() {
    return root.hashCode();
  }

  @Override
  public String toString() {
    return "Roster[" + entries.size() + " participants, root " + root + "]";
  }
}
