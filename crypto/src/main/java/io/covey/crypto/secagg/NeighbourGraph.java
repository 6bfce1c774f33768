package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Who shares masks and secrets with whom. With k at least n-1, everybody with everybody: nothing to
 * attack. Otherwise a Harary graph: the roster in a random order on a ring, each joined to the k/2
 * next on either side. Symmetric in either case.
 *
 * <p>The order comes from the roster's root, which every participant's fresh nonce goes into and
 * which everybody computes alone, so no order can be prepared. A coordinator that wants another one
 * has to change the roster after it has seen the honest nonces (by leaving out participants, or by
 * other nonces of those that help it), hash, shuffle and look: one attempt each. It cannot be
 * stopped from trying, so {@link SecAggParameters#forRosters} adds {@link #ATTEMPT_BITS} to sigma,
 * by the union bound over the attempts. Why not otherwise: docs/secure-aggregation.md.
 *
 * <p>Immutable; thread-safe.
 */
public final class NeighbourGraph {
  /**
   * Binary logarithm of the attempts within one step that cost no privacy. Each doubling beyond
   * costs one bit of sigma.
   */
  public static final int ATTEMPT_BITS = 64;

  private final Roster roster;
  private final int neighbours;
  private final int[] ring;
  private final int[] positions;

  /**
   * The graph of a roster.
   *
   * @param roster at least 2 participants
   * @param neighbours k, even unless at least n-1
   */
  public NeighbourGraph(Roster roster, int neighbours) {
    int size = roster.size();
    this.roster = roster;
    this.neighbours = Math.min(neighbours, size - 1);
    if (this.neighbours < 1 || (this.neighbours < size - 1 && neighbours % 2 != 0)) {
      throw new IllegalArgumentException(
          neighbours + " neighbours in a roster of " + size + ", expected an even number or all");
    }
    this.ring = isComplete() ? new int[0] : randomOrder(roster);
    this.positions = new int[ring.length];
    for (int position = 0; position < ring.length; position++) {
      positions[ring[position]] = position;
    }
  }

  /** k as it is in this roster. */
  public int neighbours() {
    return neighbours;
  }

  private boolean isComplete() {
    return neighbours == roster.size() - 1;
  }

  /** The neighbours of an agent in the roster, in the order of their ids. */
  public SortedSet<AgentId> of(AgentId agent) {
    SortedSet<AgentId> result = new TreeSet<>();
    for (int rank : ranksOf(roster.rankOf(agent))) {
      result.add(roster.entries().get(rank - 1).from());
    }
    return result;
  }

  /**
   * The same by rank in the roster, counted from 1.
   *
   * @return {@link #neighbours()} ranks in ascending order, the caller's to keep
   */
  public int[] ranksOf(int rank) {
    int own = rank - 1;
    if (isComplete()) {
      return IntStream.rangeClosed(1, roster.size()).filter(other -> other != rank).toArray();
    }
    int[] ranks = new int[neighbours];
    for (int distance = 1; distance <= neighbours / 2; distance++) {
      ranks[2 * distance - 2] = onRing(positions[own] + distance);
      ranks[2 * distance - 1] = onRing(positions[own] - distance);
    }
    Arrays.sort(ranks);
    return ranks;
  }

  private int onRing(int position) {
    return ring[Math.floorMod(position, ring.length)] + 1;
  }

  /** Fisher and Yates' shuffle. */
  private static int[] randomOrder(Roster roster) {
    RandomWords stream =
        Prg.aesCtr()
            .expand(
                SecretBytes.owning(
                    new Canonical("covey/v1/neighbour-graph")
                        .octets(roster.root())
                        .digest()
                        .toBytes()));
    int[] order = new int[roster.size()];
    long[] word = new long[1];
    for (int i = 0; i < order.length; i++) {
      // 64 bits modulo at most 2^20: biased by less than 2^-44, which no attack is helped by.
      stream.fill(word);
      int j = (int) Long.remainderUnsigned(word[0], i + 1L);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
