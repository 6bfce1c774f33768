package io.covey.coordinator.http;

import io.covey.coordinator.training.OperationException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.openapi.validation.ValidatorException;
import java.time.Duration;
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
  private static final Duration LINGER = Duration.ofSeconds(1);

  @Override
  public void handle(RoutingContext rc) {
    HttpServerResponse response = rc.response();
    if (response.ended() || response.closed() || rc.failure() instanceof HttpClosedException) {
      // Nobody is there to be told.
      return;
    }
    Optional<ProblemException> known = known(rc.failure(), rc.statusCode());
    if (response.headWritten()) {
      // Too late to say it: the answer had begun.
      LOG.warn("{} broke off", AccessLog.printable(rc.request().uri()), rc.failure());
      rc.request().connection().close();
      return;
    }
    known.ifPresentOrElse(p -> send(rc, p, null), () -> sendInternal(rc));
  }

  /** Answers what never became a request, and closes: where the next begins is not known. */
  static void refuse(HttpServerRequest request, ProblemException problem) {
    request
        .response()
        .setStatusCode(problem.type().status())
        .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
        .putHeader(HttpHeaders.CONNECTION, "close")
        .end(toJson(problem, "", null).encode())
        .onComplete(sent -> request.connection().close());
  }

  /** Answers a request that has no body; its connection stays. */
  static void answer(HttpServerRequest request, ProblemException problem) {
    HttpServerResponse response = request.response();
    problem.headers().forEach(response::putHeader);
    response.setStatusCode(problem.type().status()).putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(toJson(problem, request.path(), null).encode());
    }
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
        rc,
        new ProblemException(
            ProblemType.INTERNAL,
            "The cause is in the coordinator's log under the correlation id " + id + "."),
        id);
  }

  private static void send(
      RoutingContext rc, ProblemException problem, @Nullable String correlationId) {
    HttpServerRequest request = rc.request();
    HttpServerResponse response = request.response();
    problem.headers().forEach(response::putHeader);
    response.setStatusCode(problem.type().status()).putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE);
    if (!request.isEnded()) {
      response.putHeader(HttpHeaders.CONNECTION, "close");
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(toJson(problem, request.path(), correlationId).encode());
    }
    if (!request.isEnded()) {
      linger(rc);
    }
  }

  /**
   * Closes the connection when the rest of the body, which is not wanted, has come, and soon even
   * when it has not. Closed at once, the connection would be reset and the answer perhaps lost.
   */
  private static void linger(RoutingContext rc) {
    HttpServerRequest request = rc.request();
    HttpConnection connection = request.connection();
    request
        .exceptionHandler(e -> {})
        .handler(piece -> {})
        .endHandler(ended -> connection.close())
        .resume();
    rc.vertx().setTimer(LINGER.toMillis(), id -> connection.close());
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
          case BUDGET_EXHAUSTED -> ProblemType.PRIVACY_BUDGET_EXHAUSTED;
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
