package io.covey.coordinator.http;

import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.training.PrivacyReport;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What rounds cost in privacy, as the contract shows it. */
final class PrivacyJson {
  private PrivacyJson() {}

  /** Adds up the divergences of all rounds: not on an event loop. */
  static JsonObject report(PrivacyReport report) {
    return new JsonObject()
        .put("model", report.model().value())
        .put("budget", report.budget().map(PrivacyJson::budget).orElse(null))
        .put("delta", report.delta())
        .put("spent", figures(report::spent))
        .put("roundsCounted", report.account().rounds())
        .put("roundsWithoutNoise", report.account().roundsWithoutNoise())
        .put("nextRound", report.next().map(next -> next(report, next)).orElse(null))
        .put("assumptions", new JsonArray(report.assumptions()));
  }

  private static JsonObject budget(ModelBudget budget) {
    return new JsonObject()
        .put("epsilon", budget.budget().epsilon())
        .put("delta", budget.budget().delta())
        .put("observer", budget.observer().name());
  }

  private static JsonObject next(PrivacyReport report, PrivacyReport.NextRound next) {
    return new JsonObject()
        .put("noiseMultiplier", next.cost().map(RoundCost::noiseMultiplier).orElse(null))
        .put("samplingRate", next.cost().map(RoundCost::samplingRate).orElse(null))
        .put("spentAfter", figures(observer -> report.spentAfter(next, observer)))
        .put(
            "refusal",
            report
                .account()
                .refusalOf(next.cost())
                .map(
                    refusal ->
                        new JsonObject()
                            .put("reason", refusal.reason().name())
                            .put("detail", refusal.detail()))
                .orElse(null));
  }

  private static JsonObject figures(ToDoubleFunction<Observer> epsilon) {
    return new JsonObject()
        .put("againstCoordinator", finite(epsilon.applyAsDouble(Observer.COORDINATOR)))
        .put("againstModelConsumers", finite(epsilon.applyAsDouble(Observer.MODEL_CONSUMER)));
  }

  /** An epsilon that cannot be stated is null. */
  private static @Nullable Double finite(double epsilon) {
    return Double.isFinite(epsilon) ? epsilon : null;
  }
}
