package io.covey.simulator.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a demo measured; nothing in it is assumed.
 *
 * @param agents that were online at the end, as the coordinator saw them
 * @param rounds that were asked for
 * @param roundsCompleted that committed a version
 * @param accuracyBefore 0 to 1, of the model as registered, on the held-out digits
 * @param accuracyAfter 0 to 1, of the last version, on the same digits
 * @param traffic payload bytes of all agents' connections
 * @param inferences of the agents' local endpoints
 * @param serving how the last version is served, and how that compares with float32
 * @param protection what somebody on the wire could and could not read
 * @param privacy what the rounds have cost; empty without noise
 */
public record DemoResult(
    int agents,
    int rounds,
    int roundsCompleted,
    double accuracyBefore,
    double accuracyAfter,
    Traffic traffic,
    Inferences inferences,
    String broker,
    String transport,
    Serving serving,
    Protection protection,
    Optional<Privacy> privacy,
    double elapsedSeconds) {

  /**
   * MQTT payload bytes, counted by the agents' transports.
   *
   * @param bytesDown received by agents
   * @param bytesUp sent by agents
   */
  public record Traffic(long bytesDown, long bytesUp) {}

  /**
   * Held-out digits that were put to the agents' local HTTP endpoints.
   *
   * @param served requests that were answered with a prediction
   * @param agreeing those of them where the same version, as downloaded from the coordinator and
   *     run beside it, predicts the same digit
   */
  public record Inferences(int served, int agreeing) {}

  /**
   * The form in which a version is served.
   *
   * @param form such as {@code INT8}
   * @param servedBytes of the file that agents serve
   * @param floatBytes of the same model in float32
   * @param agreementWithFloat share of the calibration samples, 0 to 1, on which both answer the
   *     same
   */
  public record Serving(
      String form, long servedBytes, long floatBytes, double agreementWithFloat) {}

  /**
   * What a tap on the broker found.
   *
   * @param updatesMasked updates passed, and each was seen not to be a plain fixed-point vector
   * @param modelEncrypted artifacts passed, and no piece of any version's plain files was in any
   *     message
   * @param mutualTls every client of the broker has shown a certificate over TLS, or one without
   *     was turned away
   * @param enrolledAgents agents that are connected with a certificate of their own name
   */
  public record Protection(
      boolean updatesMasked, boolean modelEncrypted, boolean mutualTls, int enrolledAgents) {}

  /**
   * User-level differential privacy, as the coordinator's ledger has it.
   *
   * @param epsilon spent against the coordinator
   * @param noiseMultiplier that was asked for
   */
  public record Privacy(double epsilon, double delta, double noiseMultiplier) {}

  /** Whether the demo did all that it was asked for. */
  public boolean complete() {
    return roundsCompleted == rounds && Double.isFinite(accuracyAfter);
  }

  /** One line of JSON. */
  public String toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("agents", agents);
    json.put("rounds", rounds);
    json.put("roundsCompleted", roundsCompleted);
    json.put("accuracyBefore", finite(accuracyBefore));
    json.put("accuracyAfter", finite(accuracyAfter));
    json.put("bytesDown", traffic.bytesDown());
    json.put("bytesUp", traffic.bytesUp());
    json.put("inferencesServed", inferences.served());
    json.put("inferencesAgreeing", inferences.agreeing());
    json.put("servedForm", serving.form());
    json.put("servedBytes", serving.servedBytes());
    json.put("floatBytes", serving.floatBytes());
    json.put("agreementWithFloat", finite(serving.agreementWithFloat()));
    json.put("broker", broker);
    json.put("transport", transport);
    json.put("updatesMasked", protection.updatesMasked());
    json.put("modelEncrypted", protection.modelEncrypted());
    json.put("mutualTls", protection.mutualTls());
    json.put("enrolledAgents", protection.enrolledAgents());
    json.put("epsilon", privacy.map(p -> finite(p.epsilon())).orElse(null));
    json.put("delta", privacy.map(Privacy::delta).orElse(null));
    json.put("noiseMultiplier", privacy.map(Privacy::noiseMultiplier).orElse(null));
    json.put("elapsedSeconds", elapsedSeconds);
    return json.toString();
  }

  /** JSON has no NaN. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
