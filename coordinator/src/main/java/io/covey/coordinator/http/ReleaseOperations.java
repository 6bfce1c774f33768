package io.covey.coordinator.http;

import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.training.AdminOperations;
import io.covey.crypto.release.Audience;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.validation.RequestParameter;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The contract's operations on releases. */
final class ReleaseOperations {
  private final AdminOperations admin;

  ReleaseOperations(AdminOperations admin) {
    this.admin = admin;
  }

  /** By the operation's id. */
  Map<String, Consumer<Exchange>> handlers() {
    return Map.of(
        "rollBack", this::rollBack,
        "releaseAgain", this::releaseAgain,
        "listReleases", this::listReleases,
        "getAudience", this::getAudience,
        "setAudience", this::setAudience);
  }

  private void rollBack(Exchange exchange) {
    ModelVersion version = new ModelVersion(exchange.body().getInteger("version"));
    exchange
        .await(admin.rollBack(exchange.model(), version))
        .onSuccess(restored -> ModelOperations.sendCreated(exchange, restored))
        .onFailure(exchange.context()::fail);
  }

  private void releaseAgain(Exchange exchange) {
    ModelVersion version = new ModelVersion(exchange.body().getInteger("version"));
    exchange.answer(
        exchange.await(admin.releaseAgain(exchange.model(), version)).map(ReleaseOperations::json));
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

  private void getAudience(Exchange exchange) {
    exchange.answer(exchange.await(admin.audience(exchange.model())).map(ReleaseOperations::json));
  }

  private void setAudience(Exchange exchange) {
    JsonObject body = exchange.body();
    Audience audience =
        new Audience(
            names(body, "hardware", name -> name),
            names(body, "groups", GroupName::new),
            names(body, "agents", AgentId::new));
    exchange.answer(
        exchange.await(admin.setAudience(exchange.model(), audience)).map(ReleaseOperations::json));
  }

  private static <T> SortedSet<T> names(JsonObject body, String field, Function<String, T> parser) {
    return body.getJsonArray(field, new JsonArray()).stream()
        .map(name -> parser.apply((String) name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static JsonObject json(Audience audience) {
    return new JsonObject()
        .put("hardware", new JsonArray(List.copyOf(audience.hardware())))
        .put("groups", texts(audience.groups()))
        .put("agents", texts(audience.agents()));
  }

  private static JsonArray texts(SortedSet<?> names) {
    return new JsonArray(names.stream().map(Object::toString).toList());
  }

  private static JsonObject json(ReleaseRecord release) {
    return new JsonObject()
        .put("model", release.model().value())
        .put("counter", release.counter())
        .put("version", release.version().number())
        .put("restores", release.restores().map(ModelVersion::number).orElse(null));
  }
}
