package io.covey.coordinator.fleet;

/**
 * Figures of the whole fleet; the only form in which agents' counters are shown.
 *
 * @param inferences answered by the agents, since each one's start
 */
public record FleetTotals(
    int knownAgents,
    int onlineAgents,
    long inferences,
    long failedInferences,
    long messagesRefused) {}
