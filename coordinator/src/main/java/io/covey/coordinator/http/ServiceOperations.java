package io.covey.coordinator.http;

import io.covey.coordinator.http.ProblemException.Fault;
import io.covey.coordinator.training.AdminOperations;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Health, metrics, the contract itself and the index. */
final class ServiceOperations {
  /** The text format's version 0.0.4, which every Prometheus reads. */
  private static final String METRICS_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final AdminOperations admin;
  private final PrometheusMeterRegistry meters;
  private final Contract contract;

  ServiceOperations(AdminOperations admin, PrometheusMeterRegistry meters, Contract contract) {
    this.admin = admin;
    this.meters = meters;
    this.contract = contract;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of(
        "getIndex", this::getIndex,
        "getLiveness", ServiceOperations::sendUp,
        "getReadiness", this::getReadiness,
        "getMetrics", this::getMetrics,
        "getContract", e -> e.send(200, "application/yaml", contract.document()));
  }

  private void getIndex(Exchange exchange) {
    exchange.sendJson(
        200,
        new JsonObject()
            .put("name", "covey-coordinator")
            .put("version", contract.version())
            .put(
                "links",
                new JsonObject()
                    .put("models", "/api/v1/models")
                    .put("agents", "/api/v1/agents")
                    .put("contract", "/openapi.yaml")
                    .put("liveness", "/livez")
                    .put("readiness", "/readyz")
                    .put("metrics", "/metrics")));
  }

  private static void sendUp(Exchange exchange) {
    exchange.sendJson(200, new JsonObject().put("status", "UP"));
  }

  private void getReadiness(Exchange exchange) {
    List<String> obstacles = admin.obstacles();
    if (!obstacles.isEmpty()) {
      throw new ProblemException(
          ProblemType.NOT_READY,
          String.join("; ", obstacles),
          obstacles.stream().map(Fault::of).toList(),
          Map.of());
    }
    sendUp(exchange);
  }

  private void getMetrics(Exchange exchange) {
    exchange
        .context()
        .vertx()
        .executeBlocking(() -> meters.scrape(METRICS_MEDIA_TYPE), false)
        .onSuccess(text -> exchange.send(200, METRICS_MEDIA_TYPE, text))
        .onFailure(exchange.context()::fail);
  }
}
