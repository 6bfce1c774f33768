package io.covey.coordinator.http;

import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.PrivacyReport;
import io.covey.crypto.privacy.accounting.Observer;
import io.covey.crypto.privacy.accounting.PrivacyBudget;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** The contract's operations on what training costs in privacy. */
final class PrivacyOperations {
  private final AdminOperations admin;

  PrivacyOperations(AdminOperations admin) {
    this.admin = admin;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of("getPrivacy", this::getPrivacy, "setPrivacyBudget", this::setPrivacyBudget);
  }

  private void getPrivacy(Exchange exchange) {
    exchange.answer(shown(exchange, admin.privacy(exchange.model())));
  }

  private void setPrivacyBudget(Exchange exchange) {
    JsonObject body = exchange.body();
    ModelBudget budget =
        new ModelBudget(
            new PrivacyBudget(
                body.getNumber("epsilon").doubleValue(), body.getNumber("delta").doubleValue()),
            Observer.valueOf(body.getString("observer", Observer.COORDINATOR.name())));
    exchange.answer(shown(exchange, admin.setPrivacyBudget(exchange.model(), budget)));
  }

  /** The figures take some time to compute. */
  private static Future<JsonObject> shown(
      Exchange exchange, CompletionStage<PrivacyReport> coming) {
    return exchange
        .await(coming)
        .compose(
            report ->
                exchange
                    .context()
                    .vertx()
                    .executeBlocking(() -> PrivacyJson.report(report), false));
  }
}
