package io.covey.protocols.message;

/**
 * Counters since the agent's start: topic {@code up/telemetry}. Only sums over the fleet are shown.
 */
public record Telemetry(
    long inferences,
    long failedInferences,
    long roundsJoined,
    long roundsReported,
    long messagesRefused)
    implements Message {
  public Telemetry {
    Limits.checkRange("inferences", inferences, 0, Long.MAX_VALUE);
    Limits.checkRange("failed inferences", failedInferences, 0, Long.MAX_VALUE);
    Limits.checkRange("rounds joined", roundsJoined, 0, Long.MAX_VALUE);
    Limits.checkRange("rounds reported", roundsReported, 0, Long.MAX_VALUE);
    Limits.checkRange("messages refused", messagesRefused, 0, Long.MAX_VALUE);
  }
}
