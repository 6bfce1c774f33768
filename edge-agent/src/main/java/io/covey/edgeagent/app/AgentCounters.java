package io.covey.edgeagent.app;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an agent has done since its start.
 *
 * @param inferences requests answered
 * @param failedInferences requests that a model did not answer
 * @param roundsJoined invitations accepted
 * @param roundsReported updates that the broker has taken
 * @param messagesRefused messages that were no messages
 * @param wrongDigests artifacts that were not what they were announced as
 * @param differencesUsed artifacts that were made of others by a difference
 * @param differencesAbandoned artifacts that were fetched whole after a difference had failed
 */
public record AgentCounters(
    long inferences,
    long failedInferences,
    long roundsJoined,
    long roundsReported,
    long messagesRefused,
    long wrongDigests,
    long differencesUsed,
    long differencesAbandoned) {

  /** The same by the names that Prometheus shows, without their suffix. */
  SortedMap<String, Long> byName() {
    return new TreeMap<>(
        Map.of(
            "covey_agent_inferences", inferences,
            "covey_agent_failed_inferences", failedInferences,
            "covey_agent_rounds_joined", roundsJoined,
            "covey_agent_rounds_reported", roundsReported,
            "covey_agent_messages_refused", messagesRefused,
            "covey_agent_wrong_digests", wrongDigests,
            "covey_agent_differences_used", differencesUsed,
            "covey_agent_differences_abandoned", differencesAbandoned));
  }
}
