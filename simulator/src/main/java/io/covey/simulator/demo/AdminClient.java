package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The coordinator's admin API as the demo uses it: over HTTP, like every other operator. Calls
 * block, each within a bounded time; any thread may make them.
 */
final class AdminClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A plain model and samples of what it will see.
   *
   * @param model a {@code .tflite} file
   * @param calibration a CSV file
   */
  // A record for its names: two are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record PlainModelFiles(byte[] model, byte[] calibration) {}

  private final URI server;
  private final HttpClient http;

  /**
   * @param server such as {@code http://127.0.0.1:8080}
   */
  AdminClient(URI server, HttpClient http) {
    this.server = server;
    this.http = http;
  }

  /** Registers a model; answers its first version. */
  JsonNode registerModel(String model, String description, byte[] graph)
      throws IOException, InterruptedException {
    String path = "/api/v1/models/" + encoded(model) + "?description=" + encoded(description);
    return json(
        request(path)
            .header("Content-Type", "application/octet-stream")
            .PUT(BodyPublishers.ofByteArray(graph)));
  }

  /**
   * Registers a plain inference model; answers its first version.
   *
   * @param task as the contract's {@code ModelTask} has it
   * @param calibrationFormat as its {@code SampleFormat}
   */
  JsonNode registerPlainModel(
      String model,
      String description,
      PlainModelFiles files,
      JsonNode task,
      JsonNode calibrationFormat)
      throws IOException, InterruptedException {
    MultipartForm form =
        new MultipartForm()
            .field("name", model)
            .field("description", description)
            .field("task", task.toString())
            .field("calibrationFormat", calibrationFormat.toString())
            .file("model", model + ".tflite", files.model())
            .file("calibration", model + ".csv", files.calibration());
    return json(form.post(request("/api/v1/models")));
  }

  /** One version of a model. */
  JsonNode version(String model, int version) throws IOException, InterruptedException {
    return json(request("/api/v1/models/%s/versions/%d".formatted(encoded(model), version)).GET());
  }

  /** Sets held-out examples; answers the newest version with its evaluation. */
  JsonNode setEvaluationData(String model, String csv, String labelColumn, float scale)
      throws IOException, InterruptedException {
    String path =
        "/api/v1/models/%s/evaluation-data?labelColumn=%s&scale=%s"
            .formatted(encoded(model), encoded(labelColumn), scale);
    return putCsv(path, csv);
  }

  /** Sets held-out examples with values to predict instead of classes. */
  JsonNode setEvaluationValues(String model, String csv, String columns)
      throws IOException, InterruptedException {
    return putCsv(
        "/api/v1/models/%s/evaluation-data?labelColumn=%s&labelKind=VALUES"
            .formatted(encoded(model), encoded(columns)),
        csv);
  }

  private JsonNode putCsv(String path, String csv) throws IOException, InterruptedException {
    return json(request(path).header("Content-Type", "text/csv").PUT(BodyPublishers.ofString(csv)));
  }

  /** Starts to train; answers the job. */
  JsonNode startTraining(String model, JsonNode trainingRequest)
      throws IOException, InterruptedException {
    BodyPublisher body = BodyPublishers.ofString(trainingRequest.toString());
    return json(
        request("/api/v1/models/" + encoded(model) + "/training")
            .header("Content-Type", "application/json")
            .POST(body));
  }

  /** Sets what all rounds of a model may cost, against the coordinator. */
  void setPrivacyBudget(String model, double epsilon, double delta)
      throws IOException, InterruptedException {
    JsonNode budget = JSON.createObjectNode().put("epsilon", epsilon).put("delta", delta);
    json(
        request("/api/v1/models/" + encoded(model) + "/privacy/budget")
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(budget.toString())));
  }

  /** What the model's rounds have cost. */
  JsonNode privacy(String model) throws IOException, InterruptedException {
    return json(request("/api/v1/models/" + encoded(model) + "/privacy").GET());
  }

  /** All agents that are known. */
  List<JsonNode> agents() throws IOException, InterruptedException {
    List<JsonNode> agents = new ArrayList<>();
    String cursor = "";
    while (true) {
      JsonNode page = json(request("/api/v1/agents?limit=1000" + cursor).GET());
      page.path("items").forEach(agents::add);
      JsonNode next = page.path("nextCursor");
      if (!next.isTextual()) {
        return agents;
      }
      cursor = "&cursor=" + encoded(next.textValue());
    }
  }

  /** A file of a version: such as {@code serving}. */
  byte[] artifact(String model, int version, String role) throws IOException, InterruptedException {
    String path =
        "/api/v1/models/%s/versions/%d/artifacts/%s".formatted(encoded(model), version, role);
    return checked(http.send(request(path).GET().build(), BodyHandlers.ofByteArray())).body();
  }

  /** Opens the stream of a model's training events; the caller closes it. */
  InputStream events(String model, int lastRoundSeen) throws IOException, InterruptedException {
    HttpRequest request =
        request("/api/v1/models/" + encoded(model) + "/training/events")
            .header("Accept", "text/event-stream")
            .header("Last-Event-ID", Integer.toString(lastRoundSeen))
            .GET()
            .build();
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (InputStream body = response.body()) {
        throw problem(response, body.readAllBytes());
      }
    }
    return response.body();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).timeout(TIMEOUT);
  }

  private JsonNode json(HttpRequest.Builder request) throws IOException, InterruptedException {
    return JSON.readTree(checked(http.send(request.build(), BodyHandlers.ofByteArray())).body());
  }

  private static HttpResponse<byte[]> checked(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() >= 300) {
      throw problem(response, response.body());
    }
    return response;
  }

  /** The problem detail (RFC 9457) that the coordinator answered, as an exception. */
  private static IOException problem(HttpResponse<?> response, byte[] body) {
    String detail = new String(body, StandardCharsets.UTF_8);
    try {
      detail = JSON.readTree(body).path("detail").asText(detail);
    } catch (IOException e) {
      // Not a problem detail; the text itself has to do.
    }
    return new IOException(
        "%s %s answered %d: %s"
            .formatted(
                response.request().method(),
                response.request().uri().getPath(),
                response.statusCode(),
                detail));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
