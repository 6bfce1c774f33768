package io.covey.coordinator.http;

import io.covey.coordinator.http.ProblemException.Fault;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * One request that kept the contract, and the answer to it. Confined to the server's event loop.
 *
 * @param operationTimeout how long to wait for the coordinator
 */
record Exchange(RoutingContext context, Duration operationTimeout) {
  /** The contract's default page. */
  private static final int DEFAULT_LIMIT = 100;

  ModelName model() {
    return new ModelName(pathText("model"));
  }

  ModelVersion version() {
    return new ModelVersion(path("version").getInteger());
  }

  String pathText(String name) {
    return path(name).getString();
  }

  int pathNumber(String name) {
    return path(name).getInteger();
  }

  int limit() {
    return query("limit").map(RequestParameter::getInteger).orElse(DEFAULT_LIMIT);
  }

  /** A parameter of the query; empty when it was left out. */
  Optional<RequestParameter> query(String name) {
    return Optional.ofNullable(request().getQuery().get(name)).filter(p -> !p.isNull());
  }

  /** A header field of the contract; empty when it was left out. */
  Optional<RequestParameter> header(String name) {
    return Optional.ofNullable(request().getHeaders().get(name)).filter(p -> !p.isNull());
  }

  JsonObject body() {
    return request().getBody().getJsonObject();
  }

  /** Brings the coordinator's answer back to the event loop, within the timeout. */
  <T> Future<T> await(CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, context.vertx().getOrCreateContext())
        .timeout(operationTimeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Like {@link #await}, for something that may not be there. */
  <T> Future<T> awaitPresent(CompletionStage<Optional<T>> stage, String missing) {
    return await(stage).map(found -> found.orElseThrow(() -> ProblemException.notFound(missing)));
  }

  /** Fails with 404 when there is no such model. */
  static String noModel(ModelName name) {
    return "There is no model " + name + ".";
  }

  void sendJson(int status, JsonObject body) {
    send(status, "application/json", body.encode());
  }

  void send(int status, String mediaType, String body) {
    HttpServerResponse response = context.response();
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, mediaType).end(body);
    }
  }

  /** Answers with what comes, or with why nothing does. */
  void answer(Future<JsonObject> coming) {
    coming.onSuccess(json -> sendJson(200, json)).onFailure(context::fail);
  }

  /** Refuses a body that keeps the contract but makes no sense. */
  static ProblemException senseless(String pointer, RuntimeException cause) {
    return new ProblemException(
        ProblemType.INVALID, Fault.inBody(pointer, String.valueOf(cause.getMessage())));
  }

  private RequestParameter path(String name) {
    return Objects.requireNonNull(request().getPathParameters().get(name), name);
  }

  private ValidatedRequest request() {
    return Objects.requireNonNull(
        context.<ValidatedRequest>get(RouterBuilder.KEY_META_DATA_VALIDATED_REQUEST));
  }
}
