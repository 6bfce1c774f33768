package io.covey.coordinator.training;

import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.privacy.PrivacyAccount;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.time.Workload;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operators' questions about privacy, and the check of a plan before it is begun. Thread rule: the
 * owner's scheduler only.
 */
final class PrivacyDesk {
  private static final Logger LOG = LoggerFactory.getLogger(PrivacyDesk.class);

  private final TrainingServices services;
  private final ModelStore models;

  PrivacyDesk(TrainingServices services, ModelStore models) {
    this.services = services;
    this.models = models;
  }

  /**
   * Fails with {@link OperationException} where the model's budget does not allow a round of the
   * plan, or no encoding holds its noise.
   */
  CompletionStage<Boolean> check(VersionRecord newest, TrainingPlan plan) {
    long population = services.pricing().population();
    return services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.STORAGE, 1),
            () -> {
              Optional<RoundCost> cost = cost(newest, plan, population);
              var refusal = services.privacy().account(newest.model()).refusalOf(cost);
              if (refusal.isPresent()) {
                throw new OperationException(
                    OperationException.Kind.BUDGET_EXHAUSTED, refusal.get().detail());
              }
              return true;
            });
  }

  /** What a model's rounds have cost, and what the next of a plan would. */
  CompletionStage<PrivacyReport> report(ModelName model, Optional<TrainingPlan> plan) {
    long population = services.pricing().population();
    return services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.STORAGE, 1),
            () -> {
              VersionRecord newest = newest(model);
              PrivacyAccount account = services.privacy().account(model);
              Optional<PrivacyReport.NextRound> next = Optional.empty();
              if (plan.isPresent()) {
                next =
                    Optional.of(
                        new PrivacyReport.NextRound(
                            plan.get(), cost(newest, plan.get(), population)));
              }
              return new PrivacyReport(model, account, next, population);
            });
  }

  /** Sets a budget, in its turn among the writes of rounds. */
  CompletionStage<Boolean> setBudget(ModelName model, ModelBudget budget) {
    return services
        .writes()
        .write(
            () -> {
              newest(model);
              Optional<ModelBudget> before = services.privacy().account(model).budget();
              services.privacy().setBudget(model, budget);
              before
                  .filter(budget::isLooserThan)
                  .ifPresent(
                      old ->
                          LOG.warn(
                              "the privacy budget of {} was raised from {} to {}",
                              model,
                              old,
                              budget));
              return true;
            });
  }

  private VersionRecord newest(ModelName model) throws OperationException {
    return models
        .newest(model)
        .orElseThrow(
            () ->
                new OperationException(
                    OperationException.Kind.NOT_FOUND, "there is no model named " + model));
  }

  private Optional<RoundCost> cost(VersionRecord newest, TrainingPlan plan, long population)
      throws OperationException {
    long bytes = newest.artifact(ArtifactReference.Role.WEIGHTS).orElseThrow().lengthBytes();
    try {
      UpdateEncoding encoding =
          RoundOrders.unseededEncoding(Math.toIntExact(bytes / Float.BYTES), plan);
      return RoundPricing.costOf(encoding, plan.cohortSize(), population);
    } catch (IllegalArgumentException e) {
      throw new OperationException(
          OperationException.Kind.INVALID, "the plan's privacy cannot be had: " + e.getMessage());
    }
  }
}
