package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.simulator.data.Digit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks one agent's local endpoint, after the Open Inference Protocol v2, as a program on the device
 * would. Calls block, each within a bounded time. Belongs to one thread.
 */
final class InferenceClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI agent;
  private final String model;
  private final HttpClient http;
  private @Nullable JsonNode input;

  /**
   * What an agent answered.
   *
   * @param version of the model that answered
   * @param label the digit with the highest score
   * @param probability of that digit, 0 to 1: the softmax of the scores
   */
  record Answer(int version, int label, double probability) {}

  /**
   * @param agent such as {@code http://127.0.0.1:8100}
   */
  InferenceClient(URI agent, String model, HttpClient http) {
    this.agent = agent;
    this.model = model;
    this.http = http;
  }

  /** What the agent takes this image for. */
  Answer ask(Digit digit) throws IOException, InterruptedException {
    if (input == null) {
      input = json(request("").GET()).path("inputs").path(0);
    }
    JsonNode answer =
        json(
            request("/infer")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body(input, digit).toString())));
    JsonNode output = answer.path("outputs").path(0).path("data");
    if (output.size() != Digit.LABELS) {
      throw new IOException("%s answered no digit: %s".formatted(agent, answer));
    }
    float[] scores = new float[Digit.LABELS];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = output.get(i).floatValue();
    }
    int label = Predictions.best(scores);
    double probability = Predictions.probability(scores, label);
    return new Answer(answer.path("model_version").asInt(), label, probability);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(agent.resolve("/v2/models/" + model + path)).timeout(TIMEOUT);
  }

  private JsonNode json(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answered %d: %s".formatted(agent, response.statusCode(), response.body()));
    }
    return JSON.readTree(response.body());
  }

  /** One image for an input whose first dimension is the batch. */
  private static ObjectNode body(JsonNode spec, Digit digit) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode input = body.putArray("inputs").addObject();
    input.set("name", spec.path("name"));
    input.set("datatype", spec.path("datatype"));
    ArrayNode shape = input.putArray("shape").add(1);
    for (int i = 1; i < spec.path("shape").size(); i++) {
      shape.add(spec.path("shape").path(i));
    }
    ArrayNode data = input.putArray("data");
    for (float feature : digit.features()) {
      data.add(feature);
    }
    return body;
  }
}
