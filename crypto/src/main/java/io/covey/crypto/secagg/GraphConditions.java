package io.covey.crypto.secagg;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * What the degree of a random Harary graph and the threshold have to satisfy; the conditions of
 * Bell et al., CCS 2020, section 3, as {@link SecAggParameters} lists them, for every roster whose
 * size is in a range.
 *
 * <p>The range matters: who is left out of the roster was told nothing of the graph yet, and a
 * coordinator that leaves out honest participants only makes its helpers a larger part of the rest.
 * So the helpers are counted in the largest roster and drawn from the smallest. A removed set, as
 * it makes gaps on the ring, is counted in the largest roster, where it is a larger part.
 *
 * @param fewest participants in a roster
 * @param most participants in a roster
 * @param corrupt of them, in any roster
 * @param dropouts of the largest roster, for correctness
 * @param removed corrupt or not among the survivors, of the largest roster
 */
record GraphConditions(
    int fewest, int most, int corrupt, int dropouts, int removed, Certainty certainty) {

  /**
   * How sure it must be.
   *
   * @param privacyBits sigma, with what an adversary's attempts take off already added
   * @param correctnessBits eta
   */
  record Certainty(AdversaryModel adversary, int privacyBits, int correctnessBits) {}

  /** For rosters of one size, drawn once. */
  static GraphConditions of(int cohort, SecAggAssumptions assumptions) {
    int corrupt = assumptions.corruptOf(cohort);
    int dropouts = assumptions.dropoutsOf(cohort);
    return new GraphConditions(
        cohort, cohort, corrupt, dropouts, corrupt + dropouts, certainty(assumptions, 0));
  }

  /**
   * For rosters from {@code minimum} to {@code maximum}, the graph of which the coordinator may
   * draw 2^{@link NeighbourGraph#ATTEMPT_BITS} times. Sums of as few as {@code minimum} open, so
   * that so many may have dropped.
   */
  static GraphConditions of(int minimum, int maximum, SecAggAssumptions assumptions) {
    int corrupt = assumptions.corruptOf(maximum);
    int dropouts = assumptions.dropoutsOf(maximum);
    int removed = Math.min(maximum, corrupt + Math.max(dropouts, maximum - minimum));
    return new GraphConditions(
        minimum,
        maximum,
        corrupt,
        dropouts,
        removed,
        certainty(assumptions, NeighbourGraph.ATTEMPT_BITS));
  }

  private static Certainty certainty(SecAggAssumptions assumptions, int attemptBits) {
    return new Certainty(
        assumptions.adversary(),
        assumptions.privacyBits() + attemptBits,
        assumptions.correctnessBits());
  }

  /** The smallest degree with a threshold that is both safe and reachable. */
  SecAggParameters least() throws InfeasibleSecAggException {
    int limit = Math.min(fewest - 2, SecAggParameters.MAXIMUM_NEIGHBOURS);
    for (int neighbours = 2; neighbours <= limit; neighbours += 2) {
      if (!isConnected(neighbours)) {
        continue;
      }
      int below = mostCorrupt(neighbours);
      if (below < fewestSurvivors(neighbours)) {
        return new SecAggParameters(most, neighbours, Math.max(below + 1, 2));
      }
    }
    throw new InfeasibleSecAggException(
        "no threshold in a cohort of %d to %d is safe with %d corrupt and reachable with %d dropped"
            .formatted(fewest, most, corrupt, dropouts));
  }

  /** Condition 1. */
  boolean isConnected(int neighbours) {
    // No overflow: most <= 2^20. One of n(n-1) and half of it is a whole number.
    long pairsOfGaps = (long) most * (most - 1) / 2;
    return HypergeometricTail.allIn(most, removed, neighbours)
            .multiply(BigDecimal.valueOf(pairsOfGaps), HypergeometricTail.UP)
            .compareTo(twoToMinus(certainty.privacyBits() + 1))
        <= 0;
  }

  /** t1, of conditions 2 and 4. */
  int mostCorrupt(int neighbours) {
    // In a roster of k+1 or fewer, everybody may have all of them.
    boolean certain = neighbours >= fewest - 1 || corrupt >= fewest;
    int among =
        certain
            ? Math.min(corrupt, neighbours)
            : HypergeometricTail.quantile(
                fewest, corrupt, neighbours, each(certainty.privacyBits() + 1));
    return switch (certainty.adversary()) {
      case SEMI_HONEST -> among;
      // Equal to ceil((t1+k-1.25)/2): t1+k even gives (t1+k)/2-0.625, odd (t1+k-1)/2-0.125.
      case SEMI_MALICIOUS -> (among + neighbours) / 2;
    };
  }

  /** t2 of condition 3: k less the most that drop. */
  private int fewestSurvivors(int neighbours) {
    return neighbours
        - HypergeometricTail.quantile(
            most, dropouts, neighbours, each(certainty.correctnessBits()));
  }

  /** {@code 2^-bits / n}, rounded down so that no limit is looser than it says. */
  private BigDecimal each(int bits) {
    return twoToMinus(bits)
        .divide(BigDecimal.valueOf(most), new MathContext(36, RoundingMode.DOWN));
  }

  private static BigDecimal twoToMinus(int bits) {
    return BigDecimal.ONE.divide(BigDecimal.valueOf(2).pow(bits));
  }
}
