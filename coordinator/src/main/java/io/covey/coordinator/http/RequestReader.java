package io.covey.coordinator.http;

import io.covey.coordinator.http.ProblemException.Fault;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.json.schema.common.dsl.SchemaType;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatableRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hands a request to the contract's validation.
 *
 * <p>The validator's own extractor decodes query parameters twice, lets unknown ones pass and takes
 * a text such as {@code 1.5} for a number; this one does not. Of a body that went to a file it
 * shows one byte: the contract says nothing of such a body but that there must be one.
 */
final class RequestReader implements RequestExtractor {
  private static final Buffer PRESENT = Buffer.buffer(new byte[1]);

  @Override
  public Future<ValidatableRequest> extractValidatableRequest(
      RoutingContext rc, Operation operation) {
    MultiMap query = rc.queryParams();
    checkQuery(query, operation);
    Map<Location, Map<String, RequestParameter>> found = new HashMap<>();
    for (Parameter parameter : operation.getParameters()) {
      found
          .computeIfAbsent(parameter.getIn(), location -> new HashMap<>())
          .put(parameter.getName(), raw(rc, query, parameter));
    }
    return Future.succeededFuture(
        new RawRequest(
            found,
            new Raw(body(rc)),
            Negotiation.bodyType(rc).map(Contract::standIn).orElse(null)));
  }

  private static void checkQuery(MultiMap query, Operation operation) {
    List<String> known =
        operation.getParameters().stream()
            .filter(p -> p.getIn() == Location.QUERY)
            .map(Parameter::getName)
            .toList();
    for (String name : query.names()) {
      if (!known.contains(name)) {
        throw refused(name, "the operation has no such query parameter");
      }
      if (query.getAll(name).size() > 1) {
        throw refused(name, "the query parameter was given twice");
      }
    }
  }

  private static ProblemException refused(String name, String detail) {
    return new ProblemException(
        ProblemType.MALFORMED_REQUEST, Fault.inParameter(name, detail + ": " + name));
  }

  private static Raw raw(RoutingContext rc, MultiMap query, Parameter parameter) {
    String text =
        switch (parameter.getIn()) {
          case PATH -> rc.pathParam(parameter.getName());
          case QUERY -> query.get(parameter.getName());
          case HEADER -> rc.request().getHeader(parameter.getName());
          case COOKIE -> null;
        };
    // Quoted, a text is decoded to itself whatever it looks like.
    return text != null && parameter.getSchemaType() == SchemaType.STRING
        ? new Raw(Json.encode(text))
        : new Raw(text);
  }

  private static @Nullable Buffer body(RoutingContext rc) {
    Optional<ReceivedFile> file = BodyIntake.file(rc);
    if (file.isPresent()) {
      return file.get().lengthBytes() > 0 ? PRESENT : null;
    }
    return rc.body().buffer();
  }

  private record Raw(@Nullable Object get) implements RequestParameter {}

  private record RawRequest(
      Map<Location, Map<String, RequestParameter>> parameters,
      RequestParameter body,
      @Nullable String contentType)
      implements ValidatableRequest {

    @Override
    public Map<String, RequestParameter> getCookies() {
      return in(Location.COOKIE);
    }

    @Override
    public Map<String, RequestParameter> getPathParameters() {
      return in(Location.PATH);
    }

    @Override
    public Map<String, RequestParameter> getQuery() {
      return in(Location.QUERY);
    }

    @Override
    public Map<String, RequestParameter> getHeaders() {
      return in(Location.HEADER);
    }

    @Override
    public RequestParameter getBody() {
      return body;
    }

    @Override
    public @Nullable String getContentType() {
      return contentType;
    }

    private Map<String, RequestParameter> in(Location location) {
      return Optional.ofNullable(parameters.get(location)).orElse(Map.of());
    }
  }
}
