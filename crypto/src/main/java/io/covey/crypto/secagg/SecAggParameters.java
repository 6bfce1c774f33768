package io.covey.crypto.secagg;

import java.util.OptionalInt;

/**
 * How many neighbours each participant has, and how many of them must help to open anything of it.
 *
 * <p>The derivation is that of Bell, Bonawitz, Gascon, Lepoint and Raykova, CCS 2020, section 3: k
 * is the smallest even degree of a random Harary graph for which
 *
 * <ol>
 *   <li>the graph without its corrupt and dropped participants is connected, but with probability
 *       2^-(sigma+1). A Harary graph joins each node of a ring to the k/2 next on either side, so
 *       only two gaps of k/2 neighbours on the ring each cut it, and n(n-1)/2 pairs of gaps bound
 *       the probability;
 *   <li>no participant has more than t1 corrupt neighbours, but with probability 2^-(sigma+1);
 *   <li>no participant has fewer than t2 surviving neighbours, but with probability 2^-eta;
 *   <li>against {@link AdversaryModel#SEMI_MALICIOUS}, t1 becomes ceil((t1+k-1.25)/2), so that no
 *       two sets of t neighbours say different things without an honest one saying both;
 *   <li>t1 is below t2; then t = max(t1+1, 2).
 * </ol>
 *
 * <p>Up to {@link #COMPLETE_GRAPH_UP_TO} participants everybody is everybody's neighbour, and there
 * is no random graph that could turn out badly or be attacked.
 *
 * <p>Immutable; thread-safe.
 *
 * @param cohort n, at least 3: with two, each would learn the other's update from the sum
 * @param neighbours k, other participants with which each shares masks and secrets; at most n-1 and
 *     {@link #MAXIMUM_NEIGHBOURS}
 * @param threshold t, 2 to k
 */
public record SecAggParameters(int cohort, int neighbours, int threshold) {
  public static final int MINIMUM_COHORT = 3;
  public static final int MAXIMUM_COHORT = 1 << 20;
  public static final int COMPLETE_GRAPH_UP_TO = 128;

  /** Bounds the work of a participant and of whoever computes parameters. */
  public static final int MAXIMUM_NEIGHBOURS = 1024;

  private static final ParameterMemory MEMORY = new ParameterMemory();

  public SecAggParameters {
    if (cohort < MINIMUM_COHORT || cohort > MAXIMUM_COHORT) {
      throw new IllegalArgumentException(
          "cohort of %d, expected %d to %d".formatted(cohort, MINIMUM_COHORT, MAXIMUM_COHORT));
    }
    int most = Math.min(cohort - 1, MAXIMUM_NEIGHBOURS);
    if (neighbours < 2 || neighbours > most) {
      throw new IllegalArgumentException(
          "%d neighbours in a cohort of %d, expected 2 to %d".formatted(neighbours, cohort, most));
    }
    if (neighbours != cohort - 1 && neighbours % 2 != 0) {
      throw new IllegalArgumentException(
          neighbours + " neighbours, expected an even number unless everybody is one");
    }
    if (threshold < 2 || threshold > neighbours) {
      throw new IllegalArgumentException(
          "threshold of %d, expected 2 to the %d neighbours".formatted(threshold, neighbours));
    }
  }

  /**
   * The complete graph up to {@link #COMPLETE_GRAPH_UP_TO} participants, a random one above.
   *
   * @throws InfeasibleSecAggException if no threshold is both safe and reachable
   */
  public static SecAggParameters of(int cohort, SecAggAssumptions assumptions)
      throws InfeasibleSecAggException {
    return cohort <= COMPLETE_GRAPH_UP_TO
        ? complete(cohort, assumptions)
        : random(cohort, assumptions);
  }

  /**
   * Everybody is everybody's neighbour, and t is above 2n/3: an adversary would need more than a
   * third of the cohort to get t answers on each of two survivor sets (Bonawitz et al., CCS 2017,
   * section 6.2).
   *
   * @throws InfeasibleSecAggException if a third or more of the cohort may be corrupt, or if so
   *     many may be lost that fewer than t others remain
   */
  public static SecAggParameters complete(int cohort, SecAggAssumptions assumptions)
      throws InfeasibleSecAggException {
    int threshold = completeThreshold(cohort);
    int corrupt = assumptions.corruptOf(cohort);
    int remaining = cohort - 1 - assumptions.dropoutsOf(cohort);
    if (3 * corrupt >= cohort) {
      throw new InfeasibleSecAggException(
          "%d of %d may be corrupt, expected less than a third".formatted(corrupt, cohort));
    }
    if (threshold > remaining) {
      throw new InfeasibleSecAggException(
          "a cohort of %d has a threshold of %d, but a survivor may have only %d other survivors"
              .formatted(cohort, threshold, Math.max(remaining, 0)));
    }
    return new SecAggParameters(cohort, cohort - 1, threshold);
  }

  /**
   * The sparsest random graph that does.
   *
   * @throws InfeasibleSecAggException if there is none with fewer than n-1 neighbours
   */
  public static SecAggParameters random(int cohort, SecAggAssumptions assumptions)
      throws InfeasibleSecAggException {
    if (cohort < MINIMUM_COHORT || cohort > MAXIMUM_COHORT) {
      throw new IllegalArgumentException(
          "cohort of %d, expected %d to %d".formatted(cohort, MINIMUM_COHORT, MAXIMUM_COHORT));
    }
    return GraphConditions.of(cohort, assumptions).least();
  }

  /**
   * What a session takes whose roster may have any size from {@code minimum} to {@code maximum},
   * and of which sums of {@code minimum} open. Up to {@link #COMPLETE_GRAPH_UP_TO} the complete
   * graph of the maximum: its t is above 2n/3 of every smaller roster too. Above, the sparsest
   * random graph that does for the least favourable roster, with {@link
   * NeighbourGraph#ATTEMPT_BITS} added to sigma; at least what {@link #of} says of the maximum.
   *
   * @throws InfeasibleSecAggException if no threshold is both safe and reachable
   */
  public static SecAggParameters forRosters(int minimum, int maximum, SecAggAssumptions assumptions)
      throws InfeasibleSecAggException {
    requireRange(minimum, maximum);
    return maximum <= COMPLETE_GRAPH_UP_TO
        ? complete(maximum, assumptions)
        : MEMORY.least(GraphConditions.of(minimum, maximum, assumptions));
  }

  /**
   * The smallest safe threshold for a degree that somebody else has chosen. More neighbours with
   * the same threshold are less safe: there may be two sets of t among them.
   *
   * @param neighbours k, at most {@code maximum - 1}
   * @return empty if a graph of that degree falls apart too easily, or if too many are corrupt for
   *     any threshold; may be above {@code neighbours}
   */
  static OptionalInt leastSafeThreshold(
      int neighbours, int minimum, int maximum, SecAggAssumptions assumptions) {
    requireRange(minimum, maximum);
    if (neighbours >= maximum - 1) {
      return 3L * assumptions.corruptOf(maximum) >= maximum
          ? OptionalInt.empty()
          : OptionalInt.of(completeThreshold(maximum));
    }
    GraphConditions conditions = GraphConditions.of(minimum, maximum, assumptions);
    return conditions.isConnected(neighbours)
        ? OptionalInt.of(Math.max(conditions.mostCorrupt(neighbours) + 1, 2))
        : OptionalInt.empty();
  }

  private static void requireRange(int minimum, int maximum) {
    if (minimum < MINIMUM_COHORT || minimum > maximum || maximum > MAXIMUM_COHORT) {
      throw new IllegalArgumentException(
          "cohorts of %d to %d, expected a range within %d to %d"
              .formatted(minimum, maximum, MINIMUM_COHORT, MAXIMUM_COHORT));
    }
  }

  /** t > 2n/3; with n = 3 that is more than the two neighbours there are. */
  private static int completeThreshold(int cohort) {
    return 2 * cohort / 3 + 1;
  }
}
