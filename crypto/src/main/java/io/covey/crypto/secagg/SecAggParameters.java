package io.covey.crypto.secagg;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

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
 * @param neighbours k, other participants with which each shares masks and secrets; at most n-1
 * @param threshold t, 2 to k
 */
public record SecAggParameters(int cohort, int neighbours, int threshold) {
  public static final int MINIMUM_COHORT = 3;
  public static final int MAXIMUM_COHORT = 1 << 20;
  public static final int COMPLETE_GRAPH_UP_TO = 128;

  public SecAggParameters {
    if (cohort < MINIMUM_COHORT || cohort > MAXIMUM_COHORT) {
      throw new IllegalArgumentException(
          "cohort of %d, expected %d to %d".formatted(cohort, MINIMUM_COHORT, MAXIMUM_COHORT));
    }
    if (neighbours < 2 || neighbours > cohort - 1) {
      throw new IllegalArgumentException(
          "%d neighbours in a cohort of %d, expected 2 to %d"
              .formatted(neighbours, cohort, cohort - 1));
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
    // t > 2n/3; with n = 3 that is more than the two neighbours there are.
    int threshold = 2 * cohort / 3 + 1;
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
    for (int neighbours = 2; neighbours < cohort - 1; neighbours += 2) {
      if (disconnects(cohort, neighbours, assumptions)) {
        continue;
      }
      int below = mostCorrupt(cohort, neighbours, assumptions);
      if (below < fewestSurvivors(cohort, neighbours, assumptions)) {
        return new SecAggParameters(cohort, neighbours, Math.max(below + 1, 2));
      }
    }
    throw new InfeasibleSecAggException(
        "no threshold in a cohort of %d is safe with %s corrupt and reachable with %s dropped"
            .formatted(cohort, assumptions.corruptFraction(), assumptions.dropoutFraction()));
  }

  private static boolean disconnects(int cohort, int neighbours, SecAggAssumptions assumptions) {
    int removed = assumptions.corruptOf(cohort) + assumptions.dropoutsOf(cohort);
    // No overflow: cohort <= 2^20. One of n(n-1) and half of it is a whole number.
    long pairsOfGaps = (long) cohort * (cohort - 1) / 2;
    return HypergeometricTail.allIn(cohort, removed, neighbours)
            .multiply(BigDecimal.valueOf(pairsOfGaps), HypergeometricTail.UP)
            .compareTo(twoToMinus(assumptions.privacyBits() + 1))
        > 0;
  }

  /** t1. */
  private static int mostCorrupt(int cohort, int neighbours, SecAggAssumptions assumptions) {
    int most =
        HypergeometricTail.quantile(
            cohort,
            assumptions.corruptOf(cohort),
            neighbours,
            each(cohort, assumptions.privacyBits() + 1));
    return switch (assumptions.adversary()) {
      case SEMI_HONEST -> most;
      // Equal to ceil((t1+k-1.25)/2): t1+k even gives (t1+k)/2-0.625, odd (t1+k-1)/2-0.125.
      case SEMI_MALICIOUS -> (most + neighbours) / 2;
    };
  }

  /** t2: k less the most that drop. */
  private static int fewestSurvivors(int cohort, int neighbours, SecAggAssumptions assumptions) {
    return neighbours
        - HypergeometricTail.quantile(
            cohort,
            assumptions.dropoutsOf(cohort),
            neighbours,
            each(cohort, assumptions.correctnessBits()));
  }

  /** {@code 2^-bits / n}, rounded down so that no limit is looser than it says. */
  private static BigDecimal each(int cohort, int bits) {
    return twoToMinus(bits)
        .divide(BigDecimal.valueOf(cohort), new MathContext(36, RoundingMode.DOWN));
  }

  private static BigDecimal twoToMinus(int bits) {
    return BigDecimal.ONE.divide(BigDecimal.valueOf(2).pow(bits));
  }
}
