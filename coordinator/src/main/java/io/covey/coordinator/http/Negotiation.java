package io.covey.coordinator.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the operation that a request asks for and checks that the media types of both sides fit.
 */
final class Negotiation implements Handler<RoutingContext> {
  private static final String OPERATION = "covey.operation";
  private static final String BODY_TYPE = "covey.bodyType";

  private final Contract contract;

  Negotiation(Contract contract) {
    this.contract = contract;
  }

  /** The operation of a request that has passed. */
  static Operation operation(RoutingContext rc) {
    return Objects.requireNonNull(rc.<Operation>get(OPERATION));
  }

  /** The media type of the body as the contract writes it; empty for an operation without one. */
  static Optional<String> bodyType(RoutingContext rc) {
    return Optional.ofNullable(rc.<String>get(BODY_TYPE));
  }

  @Override
  public void handle(RoutingContext rc) {
    Operation operation = find(rc);
    Contract.MediaTypes types = contract.mediaTypes(operation);
    checkAccepted(rc, types.responses());
    if (types.requests().isEmpty()) {
      checkNoBody(rc.request(), operation);
    } else {
      rc.put(BODY_TYPE, checkBodyType(rc.request(), types.requests()));
    }
    rc.put(OPERATION, operation);
    rc.next();
  }

  private Operation find(RoutingContext rc) {
    Path path =
        contract
            .path(normalizedPath(rc))
            .orElseThrow(
                () -> ProblemException.notFound("No such path; / lists the entry points."));
    return contract
        .operation(path, rc.request().method())
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemType.METHOD_NOT_ALLOWED,
                    "The path takes " + contract.allowedMethods(path) + ".",
                    List.of(),
                    Map.of("Allow", contract.allowedMethods(path))));
  }

  /** The path as the router compares it: what it cannot find must not get past here. */
  private static String normalizedPath(RoutingContext rc) {
    try {
      return rc.normalizedPath();
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          ProblemType.MALFORMED_REQUEST, "The path has a percent sign that begins no escape.");
    }
  }

  /** Problem details are sent whatever is accepted, so only the other types count. */
  private static void checkAccepted(RoutingContext rc, Set<String> offered) {
    List<MIMEHeader> accepted = rc.parsedHeaders().accept();
    List<String> results =
        offered.stream().filter(t -> !t.equals(ProblemResponder.MEDIA_TYPE)).sorted().toList();
    if (!accepted.isEmpty() && results.stream().noneMatch(t -> isAccepted(accepted, t))) {
      throw new ProblemException(
          ProblemType.NOT_ACCEPTABLE,
          "The operation answers " + String.join(" or ", results) + ".");
    }
  }

  private static boolean isAccepted(List<MIMEHeader> accepted, String type) {
    String[] parts = type.split("/", 2);
    return accepted.stream()
        .anyMatch(
            range ->
                range.weight() > 0
                    && matches(range.component(), parts[0])
                    && matches(range.subComponent(), parts[1]));
  }

  private static boolean matches(String range, String part) {
    return range.equals("*") || range.equalsIgnoreCase(part);
  }

  private static String checkBodyType(HttpServerRequest request, Set<String> taken) {
    String given = Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_TYPE)).orElse("");
    String bare = given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!taken.contains(bare)) {
      throw new ProblemException(
          ProblemType.UNSUPPORTED_MEDIA_TYPE,
          "Content-Type must be " + String.join(" or ", taken) + ".",
          List.of(),
          // RFC 9110, section 12.5.1: in an answer it says what the server takes.
          Map.of("Accept", String.join(", ", taken)));
    }
    return bare;
  }

  private static void checkNoBody(HttpServerRequest request, Operation operation) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"))) {
      throw new ProblemException(
          ProblemType.MALFORMED_REQUEST,
          "The operation " + operation.getOperationId() + " takes no body.");
    }
  }
}
