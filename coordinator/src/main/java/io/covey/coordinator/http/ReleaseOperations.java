package io.covey.coordinator.http;

import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.training.AdminOperations;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.validation.RequestParameter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The contract's operations on releases. */
final class ReleaseOperations {
  private final AdminOperations admin;

  ReleaseOperations(AdminOperations admin) {
    this.admin = admin;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of("rollBack", this::rollBack, "listReleases", this::listReleases);
  }

  private void rollBack(Exchange exchange) {
    ModelVersion version = new ModelVersion(exchange.body().getInteger("version"));
    exchange
        .await(admin.rollBack(exchange.model(), version))
        .onSuccess(restored -> ModelOperations.sendCreated(exchange, restored))
        .onFailure(exchange.context()::fail);
  }

  private void listReleases(Exchange exchange) {
    ModelName name = exchange.model();
    long before = exchange.query("cursor").map(RequestParameter::getLong).orElse(Long.MAX_VALUE);
    int limit = exchange.limit();
    exchange.answer(
        exchange
            .awaitPresent(admin.model(name), Exchange.noModel(name))
            .compose(model -> exchange.await(admin.releases(name)))
            .map(
                all ->
                    Page.of(
                        from(all, before, limit + 1),
                        limit,
                        ReleaseOperations::json,
                        ReleaseRecord::counter)));
  }

  private static List<ReleaseRecord> from(List<ReleaseRecord> all, long before, int most) {
    return all.stream().filter(release -> release.counter() < before).limit(most).toList();
  }

  private static JsonObject json(ReleaseRecord release) {
    return new JsonObject()
        .put("model", release.model().value())
        .put("counter", release.counter())
        .put("version", release.version().number())
        .put("restores", release.restores().map(ModelVersion::number).orElse(null));
  }
}
