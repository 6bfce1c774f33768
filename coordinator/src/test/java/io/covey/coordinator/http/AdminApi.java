package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A served admin API over an {@link InMemoryCoordinator}, and a client that trusts no answer. */
final class AdminApi implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Contract CONTRACT = loadContract();

  final InMemoryCoordinator coordinator = new InMemoryCoordinator();
  final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final Vertx vertx = HttpMetrics.meteredVertx(meters).build();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();
  private final HttpVerticle verticle;
  private final String deployment;
  private final Contract contract = CONTRACT;
  private final ResponseValidator validator;

  AdminApi(HttpSettings settings) {
    verticle = new HttpVerticle(settings, coordinator, meters);
    deployment = await(vertx.deployVerticle(verticle));
    validator = ResponseValidator.create(vertx, contract.enforced());
  }

  static AdminApi onLoopback(Path uploads) {
    return new AdminApi(HttpSettings.onLoopback(0, uploads));
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("nothing came within " + PATIENCE, e);
    }
  }

  private static Contract loadContract() {
    Vertx loader = Vertx.vertx();
    try {
      return await(Contract.load(loader));
    } finally {
      await(loader.close());
    }
  }

  int port() {
    return verticle.port();
  }

  Contract contract() {
    return contract;
  }

  void undeploy() {
    await(vertx.undeploy(deployment));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(PATIENCE);
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer post(String path, JsonObject body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.encode())));
  }

  Answer put(String path, String mediaType, byte[] body) {
    return send(
        request(path).header("Content-Type", mediaType).PUT(BodyPublishers.ofByteArray(body)));
  }

  /** Registers a model of a few bytes. */
  void upload(String name) {
    byte[] graph = name.getBytes(StandardCharsets.UTF_8);
    assertThat(put("/api/v1/models/" + name, "application/octet-stream", graph).status())
        .isEqualTo(201);
  }

  /** Sends a request and holds the answer against the contract. */
  Answer send(HttpRequest.Builder request) {
    try {
      Answer answer = new Answer(client.send(request.build(), BodyHandlers.ofByteArray()));
      check(answer);
      return answer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  HttpClient client() {
    return client;
  }

  private void check(Answer answer) {
    HttpRequest request = answer.response().request();
    assertThat(answer.header("x-content-type-options")).contains("nosniff");
    assertThat(answer.header("cache-control")).isPresent();
    if (answer.status() >= 400 && !request.method().equals("HEAD")) {
      checkProblem(answer, request);
    }
    Optional<Operation> operation =
        contract
            .path(request.uri().getRawPath())
            .flatMap(p -> contract.operation(p, HttpMethod.valueOf(request.method())));
    if (operation.isPresent() && !request.method().equals("HEAD")) {
      checkContract(answer, operation.get());
    }
  }

  private static void checkProblem(Answer answer, HttpRequest request) {
    assertThat(answer.header("content-type")).contains("application/problem+json");
    JsonObject problem = answer.json();
    assertThat(problem.getInteger("status")).isEqualTo(answer.status());
    assertThat(problem.getString("instance")).isEqualTo(request.uri().getRawPath());
    assertThat(problem.getString("type")).startsWith("urn:covey:problem:");
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.getString("detail")).isNotBlank();
  }

  private void checkContract(Answer answer, Operation operation) {
    String mediaType = answer.header("content-type").orElse("").split(";", 2)[0];
    Map<String, String> headers = new HashMap<>();
    Optional.ofNullable(operation.getResponse(answer.status()))
        .ifPresent(
            response ->
                response
                    .getHeaders()
                    .forEach(
                        h ->
                            answer
                                .header(h.getName())
                                .ifPresent(
                                    // Quoted, a text is decoded to itself whatever it looks like.
                                    v -> headers.put(h.getName(), Json.encode(v)))));
    await(
        validator.validate(
            ValidatableResponse.create(
                answer.status(),
                headers,
                Buffer.buffer(answer.body()),
                Contract.standIn(mediaType)),
            operation.getOperationId()));
  }

  @Override
  public void close() {
    await(vertx.close());
  }

  /** An answer that kept the contract. */
  record Answer(HttpResponse<byte[]> response) {
    int status() {
      return response.statusCode();
    }

    byte[] body() {
      return response.body();
    }

    String text() {
      return new String(body(), StandardCharsets.UTF_8);
    }

    JsonObject json() {
      return new JsonObject(Buffer.buffer(body()));
    }

    Optional<String> header(String name) {
      return response.headers().firstValue(name);
    }
  }
}
