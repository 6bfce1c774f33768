package io.covey.coordinator.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * {@code openapi.yaml}: as it is served, and as it is enforced.
 *
 * <p>The validator knows few media types and refuses a document that names others. What is enforced
 * is therefore the served document with some media types replaced by one that the validator treats
 * in the same way: problem details are JSON to it, CSV and event streams are plain text.
 */
final class Contract {
  private static final String RESOURCE = "openapi.yaml";
  private static final Map<String, String> STAND_INS =
      Map.of(
          "application/problem+json", "application/json",
          "application/yaml", "text/plain",
          "text/csv", "text/plain",
          "text/event-stream", "text/plain");

  private final String document;
  private final OpenAPIContract enforced;
  private final Map<String, MediaTypes> mediaTypes;

  /** The media types of an operation, as the served document has them. */
  record MediaTypes(Set<String> requests, Set<String> responses) {
    MediaTypes {
      requests = Set.copyOf(requests);
      responses = Set.copyOf(responses);
    }
  }

  private Contract(String document, OpenAPIContract enforced, Map<String, MediaTypes> mediaTypes) {
    this.document = document;
    this.enforced = enforced;
    this.mediaTypes = Map.copyOf(mediaTypes);
  }

  /**
   * Reads and checks the document; fails when it is not OpenAPI 3.1.
   *
   * <p>The library builds a contract on its caller's thread, which takes too long for an event
   * loop.
   */
  static Future<Contract> load(Vertx vertx) {
    Promise<Contract> loaded = Promise.promise();
    return vertx
        .deployVerticle(
            worker -> parse(vertx, read()).onComplete(loaded),
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
        .compose(vertx::undeploy)
        .compose(done -> loaded.future());
  }

  /** Checks a document, on the caller's thread. */
  static Future<Contract> parse(Vertx vertx, String document) {
    JsonObject served = decode(document);
    JsonObject standIn = served.copy();
    substitute(standIn);
    return OpenAPIContract.from(vertx, standIn)
        .map(enforced -> new Contract(document, enforced, mediaTypes(served)));
  }

  private static JsonObject decode(String document) {
    Map<String, Object> tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(document);
    return new JsonObject(tree);
  }

  /** What is served at {@code /openapi.yaml}. */
  String document() {
    return document;
  }

  OpenAPIContract enforced() {
    return enforced;
  }

  /** The version of the document. */
  String version() {
    return enforced.getRawContract().getJsonObject("info").getString("version");
  }

  Optional<Path> path(String urlPath) {
    return Optional.ofNullable(enforced.findPath(urlPath));
  }

  /** The operation behind a method; HEAD is GET wherever an answer comes to an end. */
  Optional<Operation> operation(Path path, HttpMethod method) {
    return path.getOperations().stream()
        .filter(
            o -> o.getHttpMethod().equals(method) || (method.equals(HttpMethod.HEAD) && hasHead(o)))
        .findFirst();
  }

  /** The value of the field {@code Allow} for a path. */
  String allowedMethods(Path path) {
    Set<String> methods = new TreeSet<>();
    for (Operation operation : path.getOperations()) {
      methods.add(operation.getHttpMethod().name());
      if (hasHead(operation)) {
        methods.add(HttpMethod.HEAD.name());
      }
    }
    return String.join(", ", methods);
  }

  /** Whether HEAD is answered as well. */
  boolean hasHead(Operation operation) {
    return operation.getHttpMethod().equals(HttpMethod.GET)
        && !mediaTypes(operation).responses().contains("text/event-stream");
  }

  MediaTypes mediaTypes(Operation operation) {
    return Objects.requireNonNull(mediaTypes.get(operation.getOperationId()));
  }

  /** The media type under which the validator knows {@code mediaType}. */
  static String standIn(String mediaType) {
    return STAND_INS.getOrDefault(mediaType, mediaType);
  }

  private static String read() throws IOException {
    try (InputStream in = Contract.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new FileNotFoundException(
            RESOURCE + " is missing beside " + Contract.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void substitute(Object node) {
    if (node instanceof JsonArray array) {
      array.forEach(Contract::substitute);
    } else if (node instanceof JsonObject object) {
      if (object.getValue("content") instanceof JsonObject content) {
        JsonObject replaced = new JsonObject();
        content.forEach(e -> replaced.put(standIn(e.getKey()), standInModel(e)));
        object.put("content", replaced);
      }
      object.forEach(e -> substitute(e.getValue()));
    }
  }

  /** Text has no schema to the validator, which only knows how to hold one against JSON. */
  private static Object standInModel(Map.Entry<String, Object> mediaType) {
    return standIn(mediaType.getKey()).startsWith("text/")
        ? new JsonObject()
        : mediaType.getValue();
  }

  private static Map<String, MediaTypes> mediaTypes(JsonObject served) {
    Map<String, MediaTypes> all = new HashMap<>();
    served.getJsonObject("paths").stream()
        .flatMap(path -> ((JsonObject) path.getValue()).stream())
        .map(Map.Entry::getValue)
        // Beside operations, a path may hold a list of parameters.
        .filter(JsonObject.class::isInstance)
        .map(JsonObject.class::cast)
        .forEach(o -> all.put(o.getString("operationId"), mediaTypes(served, o)));
    return all;
  }

  private static MediaTypes mediaTypes(JsonObject served, JsonObject operation) {
    Set<String> responses = new LinkedHashSet<>();
    operation.getJsonObject("responses").stream()
        .flatMap(response -> contentTypes(served, (JsonObject) response.getValue()))
        .forEach(responses::add);
    Set<String> requests = new LinkedHashSet<>();
    contentTypes(served, operation.getJsonObject("requestBody", new JsonObject()))
        .forEach(requests::add);
    return new MediaTypes(requests, responses);
  }

  private static Stream<String> contentTypes(JsonObject served, JsonObject holder) {
    String reference = holder.getString("$ref");
    if (reference != null) {
      JsonObject target = served;
      for (String step : List.of(reference.substring("#/".length()).split("/", -1))) {
        target = target.getJsonObject(step);
      }
      return contentTypes(served, target);
    }
    return holder.getJsonObject("content", new JsonObject()).fieldNames().stream();
  }
}
