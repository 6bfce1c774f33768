package io.covey.simulator.demo;

import io.covey.edgeagent.app.EdgeAgent;
import io.covey.simulator.data.Digit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the held-out digits to the agents' local endpoints, to each agent its part in turn, and
 * compares with what the same version predicts beside the coordinator. Belongs to one thread.
 */
final class InferenceCheck {
  private final AdminClient admin;
  private final List<EdgeAgent> agents;
  private final HttpClient http;

  /**
   * One answer, to be shown.
   *
   * @param agent whom it was put to
   */
  record Example(URI agent, Digit digit, InferenceClient.Answer answer) {}

  /** What was counted, and one of the answers. */
  record Outcome(DemoResult.Inferences counts, Example example) {}

  InferenceCheck(AdminClient admin, List<EdgeAgent> agents, HttpClient http) {
    this.admin = admin;
    this.agents = agents;
    this.http = http;
  }

  /**
   * Asks for every digit once.
   *
   * @param digits at least one
   * @param version that all agents serve
   */
  Outcome run(List<Digit> digits, int version) throws IOException, InterruptedException {
    byte[] file = admin.artifact(DemoModel.NAME, version, "serving");
    int served = 0;
    int agreeing = 0;
    Example example = null;
    Map<URI, InferenceClient> clients = new HashMap<>();
    try (Predictions predictions = new Predictions(file)) {
      for (int i = 0; i < digits.size(); i++) {
        URI endpoint = DemoFleet.endpoint(agents.get(i % agents.size()));
        Digit digit = digits.get(i);
        InferenceClient.Answer answer =
            clients
                .computeIfAbsent(endpoint, at -> new InferenceClient(at, DemoModel.NAME, http))
                .ask(digit);
        served++;
        boolean agrees = answer.version() == version && answer.label() == predictions.label(digit);
        agreeing += agrees ? 1 : 0;
        example = example == null ? new Example(endpoint, digit, answer) : example;
      }
    }
    if (example == null) {
      throw new IllegalArgumentException("no digits to ask for");
    }
    return new Outcome(new DemoResult.Inferences(served, agreeing), example);
  }
}
