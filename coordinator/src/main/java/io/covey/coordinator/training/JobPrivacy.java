package io.covey.coordinator.training;

import io.covey.coordinator.privacy.PrivacyAccount;
import io.covey.coordinator.privacy.Refusal;
import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.ModelName;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/**
 * What a job's rounds cost in privacy, and the clip norm that follows from what they find.
 *
 * <p>Thread rule: the owner's scheduler only, but for {@link #requireAllowed}.
 */
final class JobPrivacy {
  private final TrainingServices services;
  private final ModelName model;
  private Optional<Float> clipNorm;

  /**
   * @param clipNorm that an earlier run of the job found for the next round; empty for the plan's
   */
  JobPrivacy(TrainingServices services, ModelName model, Optional<Float> clipNorm) {
    this.services = services;
    this.model = model;
    this.clipNorm = clipNorm;
  }

  /** The job's plan as the next round takes it. */
  TrainingPlan planOfNextRound(TrainingPlan plan) {
    return adaptive(plan).isPresent() ? clipNorm.map(plan::clippedTo).orElse(plan) : plan;
  }

  /** What a round costs, from the fleet as it is now; empty without noise. */
  Optional<RoundCost> costOf(RoundOrder order) {
    return services.pricing().costOf(order.layout().encoding(), order.plan().cohortSize());
  }

  /**
   * Refuses a round that the model's budget does not allow. Blocks.
   *
   * @throws BudgetRefusedException that says what is left
   */
  void requireAllowed(Optional<RoundCost> cost) throws BudgetRefusedException {
    PrivacyAccount account = services.privacy().account(model);
    Optional<Refusal> refusal = account.refusalOf(cost);
    if (refusal.isPresent()) {
      throw new BudgetRefusedException(refusal.get());
    }
  }

  /**
   * Counts a round whose sum is about to open. Until the stage completes, nobody may be asked to
   * unmask; it fails when the cost could not be written, or with {@link BudgetRefusedException}
   * when the budget was lowered meanwhile.
   */
  CompletionStage<Boolean> charge(Optional<RoundCost> cost) {
    return services
        .writes()
        .write(
            () -> {
              requireAllowed(cost);
              services.privacy().charge(model, cost);
              return true;
            });
  }

  /** The clip norm after a round that committed; empty when it does not change. */
  Optional<Float> clipNormAfter(TrainingPlan asRun, AggregateUpdate aggregate) {
    OptionalDouble within = aggregate.withinClip();
    return within.isPresent()
        ? adaptive(asRun).map(rule -> rule.next(asRun.clipNorm(), within.getAsDouble()))
        : Optional.empty();
  }

  void nextClipNorm(Optional<Float> next) {
    clipNorm = next.or(() -> clipNorm);
  }

  private static Optional<PrivacyPlan.Clipping> adaptive(TrainingPlan plan) {
    return plan.privacy().flatMap(PrivacyPlan::adaptiveClipping);
  }
}
