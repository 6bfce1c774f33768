package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ReportedState;
import java.time.Instant;
import java.util.List;

/**
 * What is known of one agent: presence, health and versions, and nothing of what it trains on.
 *
 * @param bootId the agent's run that spoke last; empty before its first message
 * @param sequence of the last reported state of that run; -1 before the first
 * @param desiredRevision the newest desired state that was made for it; 0 for none
 * @param reportedRevision the desired state that it answered last; 0 for none
 * @param models what it reported last
 */
public record AgentRecord(
    AgentId agent,
    boolean online,
    String softwareVersion,
    String bootId,
    long sequence,
    long desiredRevision,
    long reportedRevision,
    List<ReportedState.ModelState> models,
    boolean canTrain,
    Instant firstSeen,
    Instant lastSeen) {
  public AgentRecord {
    models = List.copyOf(models);
  }
}
