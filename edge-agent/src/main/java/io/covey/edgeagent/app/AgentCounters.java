package io.covey.edgeagent.app;

/**
 * What an agent has done since its start.
 *
 * @param inferences requests answered
 * @param failedInferences requests that a model did not answer
 * @param roundsJoined invitations accepted
 * @param roundsReported updates that the broker has taken
 * @param messagesRefused messages that were no messages
 * @param wrongDigests artifacts that were not what they were announced as
 */
public record AgentCounters(
    long inferences,
    long failedInferences,
    long roundsJoined,
    long roundsReported,
    long messagesRefused,
    long wrongDigests) {}
