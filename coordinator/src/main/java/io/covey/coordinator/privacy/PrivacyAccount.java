package io.covey.coordinator.privacy;

import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.covey.crypto.privacy.accounting.PrivacyLedger;
import io.covey.crypto.privacy.accounting.RoundCost;
import java.util.Locale;
import java.util.Optional;

/**
 * A model's budget and what its rounds have cost. Immutable.
 *
 * @param budget empty: rounds may cost anything
 * @param ledger of the rounds with noise whose sums may have been opened
 * @param roundsWithoutNoise whose sums may have been opened
 */
public record PrivacyAccount(
    Optional<ModelBudget> budget, PrivacyLedger ledger, long roundsWithoutNoise) {
  public PrivacyAccount {
    if (roundsWithoutNoise < 0) {
      throw new IllegalArgumentException(
          roundsWithoutNoise + " rounds without noise, expected at least 0");
    }
  }

  /** Of a model that has no budget and no rounds. */
  public static PrivacyAccount empty() {
    return new PrivacyAccount(Optional.empty(), PrivacyLedger.empty(), 0);
  }

  /**
   * The account after another round.
   *
   * @param round empty for one without noise
   */
  public PrivacyAccount with(Optional<RoundCost> round) {
    return round
        .map(cost -> new PrivacyAccount(budget, ledger.with(cost), roundsWithoutNoise))
        .orElseGet(() -> new PrivacyAccount(budget, ledger, roundsWithoutNoise + 1));
  }

  /** How many rounds' sums may have been opened. */
  public long rounds() {
    return ledger.rounds() + roundsWithoutNoise;
  }

  /** An upper bound of the epsilon that is spent; infinite after a round without noise. */
  public double spent(Observer observer, double delta) {
    return roundsWithoutNoise > 0 ? Double.POSITIVE_INFINITY : ledger.spent(observer, delta);
  }

  /**
   * Why the budget does not allow another round.
   *
   * @param next empty for a round without noise
   * @return empty if it does, or if there is no budget
   */
  public Optional<Refusal> refusalOf(Optional<RoundCost> next) {
    return budget.flatMap(allowed -> refusalOf(next, allowed));
  }

  private Optional<Refusal> refusalOf(Optional<RoundCost> next, ModelBudget allowed) {
    if (roundsWithoutNoise > 0) {
      return Optional.of(
          new Refusal(
              Refusal.Reason.EARLIER_ROUNDS_WITHOUT_NOISE,
              "%d rounds ran without noise, which no budget covers; register the model under"
                      .formatted(roundsWithoutNoise)
                  + " another name and train it with noise from the start"));
    }
    if (next.isEmpty()) {
      return Optional.of(
          new Refusal(
              Refusal.Reason.PLAN_WITHOUT_NOISE,
              "the model has a privacy budget of %s, and the plan adds no noise; give the plan a"
                      .formatted(allowed)
                  + " noise multiplier"));
    }
    return ledger
        .refusalOf(next.get(), allowed.budget(), allowed.observer())
        .map(refusal -> new Refusal(Refusal.Reason.of(refusal), whatIsLeft(next.get(), allowed)));
  }

  private String whatIsLeft(RoundCost next, ModelBudget allowed) {
    PrivacyBudget budgeted = allowed.budget();
    double spent = ledger.spent(allowed.observer(), budgeted.delta());
    double after = ledger.with(next).spent(allowed.observer(), budgeted.delta());
    return String.format(
        Locale.ROOT,
        "of the privacy budget, %s, epsilon %.4f is spent by %d rounds and %.4f is left; another"
            + " round would make it %.4f. Take more noise or larger cohorts, or raise the budget",
        allowed,
        spent,
        ledger.rounds(),
        Math.max(0, budgeted.epsilon() - spent),
        after);
  }
}
