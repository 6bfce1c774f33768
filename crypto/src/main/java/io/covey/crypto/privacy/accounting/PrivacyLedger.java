package io.covey.crypto.privacy.accounting;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the rounds of a model have cost. A round counts from the moment at which its sum may be
 * opened, whatever becomes of it: a sum that was seen was seen, also if the round failed
 * afterwards. So it is to be recorded, on disk, before anybody is asked to unmask. A round that
 * failed before that has shown nothing and is not recorded.
 *
 * <p>For the observer of models such a round counts too, although no model may have come of it: the
 * ledger errs on the side of caution.
 *
 * <p>Immutable; any thread may use it.
 */
public final class PrivacyLedger {
  /** Share of delta that is set aside for the distance; it costs almost no epsilon. */
  private static final double DISTANCE_SHARE = 0x1p-10;

  private final Map<RoundCost, Long> counts;

  private PrivacyLedger(Map<RoundCost, Long> counts) {
    this.counts = counts;
  }

  /** Of a model without rounds. */
  public static PrivacyLedger empty() {
    return new PrivacyLedger(Map.of());
  }

  /**
   * From what was stored.
   *
   * @param counts for each cost how many rounds, at least 1
   */
  public static PrivacyLedger of(Map<RoundCost, Long> counts) {
    counts.forEach(
        (cost, rounds) -> {
          if (rounds < 1) {
            throw new IllegalArgumentException(
                "%d rounds of %s, expected at least 1".formatted(rounds, cost));
          }
        });
    return new PrivacyLedger(Map.copyOf(counts));
  }

  /** For each cost how many rounds: all there is to store. */
  public Map<RoundCost, Long> counts() {
    return Map.copyOf(counts);
  }

  /** The ledger after another round. */
  public PrivacyLedger with(RoundCost round) {
    return with(round, 1);
  }

  /** The ledger after so many more rounds, at least 1. */
  public PrivacyLedger with(RoundCost round, long rounds) {
    Map<RoundCost, Long> sum = new LinkedHashMap<>(counts);
    sum.merge(round, rounds, Math::addExact);
    return of(sum);
  }

  /** How many rounds are recorded. */
  public long rounds() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * An upper bound of the epsilon that is spent, for a delta. If what runs is within a statistical
   * distance of eta of an (epsilon, delta')-private mechanism, it is (epsilon, delta' + (1 +
   * e^epsilon) * eta)-private; a 1024th of delta is set aside for that.
   *
   * @param delta above 0 and below 1
   * @return infinite if the distance does not fit into its share of delta: then epsilon is so large
   *     that nothing can be said
   */
  public double spent(Observer observer, double delta) {
    if (counts.isEmpty()) {
      return 0;
    }
    double epsilon = idealEpsilon(observer, delta);
    return fits(epsilon, delta) ? epsilon : Double.POSITIVE_INFINITY;
  }

  /**
   * Whether a budget allows another round.
   *
   * @return empty if it does
   */
  public Optional<BudgetRefusal> refusalOf(
      RoundCost next, PrivacyBudget budget, Observer observer) {
    PrivacyLedger after = with(next);
    double epsilon = after.idealEpsilon(observer, budget.delta());
    if (epsilon > budget.epsilon()) {
      return Optional.of(BudgetRefusal.EPSILON_EXHAUSTED);
    }
    return after.fits(epsilon, budget.delta())
        ? Optional.empty()
        : Optional.of(BudgetRefusal.DELTA_EXHAUSTED);
  }

  private double idealEpsilon(Observer observer, double delta) {
    RenyiCurve curve = RenyiCurve.zero();
    for (Map.Entry<RoundCost, Long> entry : counts.entrySet()) {
      curve = curve.plus(entry.getKey().curve(observer).times(entry.getValue()));
    }
    return curve.epsilon(delta * (1 - DISTANCE_SHARE));
  }

  private boolean fits(double epsilon, double delta) {
    double distance = 0;
    for (Map.Entry<RoundCost, Long> entry : counts.entrySet()) {
      distance += entry.getKey().distance() * entry.getValue();
    }
    // An infinite exponential is refused, unless there is no distance at all.
    return distance == 0 || (1 + Math.exp(epsilon)) * distance <= delta * DISTANCE_SHARE;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PrivacyLedger ledger && ledger.counts.equals(counts);
  }

  @Override
  public int hashCode() {
    return counts.hashCode();
  }

  @Override
  public String toString() {
    return "PrivacyLedger" + counts;
  }
}
