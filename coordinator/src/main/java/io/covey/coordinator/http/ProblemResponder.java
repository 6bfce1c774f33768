package io.covey.coordinator.http;

import io.covey.coordinator.training.OperationException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.openapi.validation.ValidatorException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers whatever went wrong as a problem detail (RFC 9457). What is not the caller's fault is
 * logged under a correlation id, and the caller learns the id and nothing else.
 */
final class ProblemResponder implements Handler<RoutingContext> {
  static final String MEDIA_TYPE = "application/problem+json";
  private static final Logger LOG = LoggerFactory.getLogger(ProblemResponder.class);

  @Override
  public void handle(RoutingContext rc) {
    HttpServerResponse response = rc.response();
    if (response.ended() || response.closed()) {
      return;
    }
    Optional<ProblemException> known = known(rc.failure(), rc.statusCode());
    if (response.headWritten()) {
      // Too late to say it: the answer had begun.
      LOG.warn("{} broke off", AccessLog.printable(rc.request().uri()), rc.failure());
      rc.request().connection().close();
      return;
    }
    known.ifPresentOrElse(p -> send(rc.request(), p, null), () -> sendInternal(rc));
  }

  /** Answers a request that never became one. */
  static void send(HttpServerRequest request, ProblemException problem) {
    send(request, problem, null);
  }

  private static void sendInternal(RoutingContext rc) {
    String id = UUID.randomUUID().toString();
    LOG.error(
        "internal error {} on {} {}",
        id,
        rc.request().method(),
        AccessLog.printable(rc.request().uri()),
        rc.failure());
    send(
        rc.request(),
        new ProblemException(
            ProblemType.INTERNAL,
            "The cause is in the coordinator's log under the correlation id " + id + "."),
        id);
  }

  private static void send(
      HttpServerRequest request, ProblemException problem, @Nullable String correlationId) {
    HttpServerResponse response = request.response();
    problem.headers().forEach(response::putHeader);
    response.setStatusCode(problem.type().status()).putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE);
    if (!request.isEnded()) {
      // The rest of the body is not wanted, and where it ends is not known.
      response.putHeader(HttpHeaders.CONNECTION, "close");
      request.handler(null).endHandler(null).exceptionHandler(e -> {}).resume();
    }
    String body = toJson(problem, request.path(), correlationId).encode();
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body);
    }
  }

  private static JsonObject toJson(
      ProblemException problem, @Nullable String path, @Nullable String correlationId) {
    JsonObject json =
        new JsonObject()
            .put("type", problem.type().uri())
            .put("title", problem.type().title())
            .put("status", problem.type().status())
            .put("detail", problem.detail())
            .put("instance", path == null ? "" : path);
    if (correlationId != null) {
      json.put("correlationId", correlationId);
    }
    if (!problem.faults().isEmpty()) {
      JsonArray errors = new JsonArray();
      problem.faults().forEach(f -> errors.add(f.toJson()));
      json.put("errors", errors);
    }
    return json;
  }

  /** What the failure means for the caller; empty when it is the coordinator's own fault. */
  private static Optional<ProblemException> known(@Nullable Throwable failure, int status) {
    if (failure instanceof ProblemException problem) {
      return Optional.of(problem);
    }
    if (failure instanceof CompletionException && failure.getCause() != null) {
      return known(failure.getCause(), status);
    }
    if (failure instanceof OperationException refused) {
      return Optional.of(refused(refused));
    }
    if (failure instanceof ValidatorException invalid) {
      return Optional.of(ContractViolations.describe(invalid));
    }
    if (failure instanceof TimeoutException) {
      return Optional.of(
          new ProblemException(
              ProblemType.OVERDUE, "The operation goes on; look later whether it was done."));
    }
    if (failure instanceof HttpException http) {
      return http.getCause() instanceof ValidatorException invalid
          ? Optional.of(ContractViolations.describe(invalid))
          : byStatus(http.getStatusCode(), http.getPayload());
    }
    return byStatus(status, failure == null ? null : failure.getMessage());
  }

  private static ProblemException refused(OperationException refused) {
    ProblemType type =
        switch (refused.kind()) {
          case NOT_FOUND -> ProblemType.NOT_FOUND;
          case CONFLICT -> ProblemType.CONFLICT;
          case INVALID -> ProblemType.INVALID;
        };
    return new ProblemException(type, String.valueOf(refused.getMessage()));
  }

  private static Optional<ProblemException> byStatus(int status, @Nullable String detail) {
    ProblemType type = ProblemType.ofStatus(status);
    return type.status() >= 500
        ? Optional.empty()
        : Optional.of(new ProblemException(type, detail == null ? type.title() + "." : detail));
  }
}
