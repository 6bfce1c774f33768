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

/**
 * Asks one agent's local endpoint, after the Open Inference Protocol v2, as a program on the device
 * would. Calls block, each within a bounded time; any thread may make them.
 */
final class InferenceClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI agent;
  private final String model;
  private final HttpClient http;

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
    HttpRequest request =
        HttpRequest.newBuilder(agent.resolve("/v2/models/" + model + "/infer"))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body(digit).toString()))
            .build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    JsonNode answer = JSON.readTree(response.body());
    JsonNode output = answer.path("outputs").path(0).path("data");
    if (response.statusCode() != 200 || output.size() != Digit.LABELS) {
      throw new IOException(
          "%s answered %d: %s".formatted(agent, response.statusCode(), response.body()));
    }
    float[] scores = new float[Digit.LABELS];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = output.get(i).floatValue();
    }
    int label = Predictions.best(scores);
    double probability = Predictions.probability(scores, label);
    return new Answer(answer.path("model_version").asInt(), label, probability);
  }

  private static ObjectNode body(Digit digit) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode input = body.putArray("inputs").addObject();
    input.put("name", "x").put("datatype", "FP32");
    input.putArray("shape").add(1).add(Digit.PIXELS);
    ArrayNode data = input.putArray("data");
    for (float feature : digit.features()) {
      data.add(feature);
    }
    return body;
  }
}
