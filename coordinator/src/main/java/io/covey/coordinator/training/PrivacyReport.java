package io.covey.coordinator.training;

import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.privacy.PrivacyAccount;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.ModelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a model's rounds have cost in privacy, for people.
 *
 * @param next what a round of the newest training would cost; empty before the first training
 * @param population agents that cohorts are drawn from
 */
public record PrivacyReport(
    ModelName model, PrivacyAccount account, Optional<NextRound> next, long population) {
  /** Of figures for a model without a budget. */
  private static final double USUAL_DELTA = 1e-6;

  /**
   * A round to come.
   *
   * @param cost empty without noise
   */
  public record NextRound(TrainingPlan plan, Optional<RoundCost> cost) {}

  /** For which the figures are given: the budget's, or 1e-6. */
  public double delta() {
    return account.budget().map(budget -> budget.budget().delta()).orElse(USUAL_DELTA);
  }

  /** Epsilon that is spent; infinite when nothing can be promised. */
  public double spent(Observer observer) {
    return account.spent(observer, delta());
  }

  /** Epsilon that would be spent after a round of the newest training. */
  public double spentAfter(NextRound round, Observer observer) {
    return account.with(round.cost()).spent(observer, delta());
  }

  /** What must be true for the figures to be true. */
  public List<String> assumptions() {
    List<String> assumptions = new ArrayList<>();
    assumptions.add(
        "what is hidden is all that one agent ever contributed, against its sending zeros (user"
            + " level, adding or removing one participant); exchanging one agent's data for"
            + " another's counts as two such changes");
    assumptions.add(
        "the noise is discrete Gaussian, and each agent adds its share; what is clamped of it is"
            + " counted in delta");
    next.flatMap(round -> round.cost().map(cost -> round.plan()))
        .ifPresent(plan -> assumptions.addAll(ofPlan(plan)));
    assumptions.add(
        String.format(
            Locale.ROOT,
            "against consumers of the model: each of the %d agents known to have examples is in a"
                + " cohort with the same probability, independently of the others and of other"
                + " rounds (Poisson sampling), and nobody tells who took part. Cohorts of a fixed"
                + " size, drawn from the agents that are online, are not drawn like that; where"
                + " this matters, go by the figure against the coordinator",
            population));
    assumptions.add(
        "against the coordinator: one agent may be in every cohort; sampling hides nothing");
    if (account.roundsWithoutNoise() > 0) {
      assumptions.add(
          account.roundsWithoutNoise()
              + " rounds ran without noise: nothing is promised for the model");
    }
    if (delta() * population >= 1) {
      assumptions.add(
          "delta is not below one over the number of agents: some of them may be exposed"
              + " altogether");
    }
    return assumptions;
  }

  private static List<String> ofPlan(TrainingPlan plan) {
    return List.of(
        String.format(
            Locale.ROOT,
            "no sum of fewer than %d updates opens (secure aggregation with a threshold of %d), and"
                + " of the cohort of %d at most a part of %s is corrupt, leaving its noise out or"
                + " helping to take it off: the noise of %d is certain",
            plan.smallestSum(),
            plan.parameters().threshold(),
            plan.cohortSize(),
            plan.aggregation().corruptFraction(),
            plan.minimumHonest()),
        String.format(
            Locale.ROOT,
            "a part of %s of a cohort may vanish; a round that more leave fails, and shows nothing",
            plan.aggregation().dropoutFraction()));
  }

  /** The model's budget. */
  public Optional<ModelBudget> budget() {
    return account.budget();
  }
}
