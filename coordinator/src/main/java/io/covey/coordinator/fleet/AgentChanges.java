package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import java.time.Instant;
import java.util.List;

/** The ways in which a record of an agent changes. Pure. */
final class AgentChanges {
  private AgentChanges() {}

  static AgentRecord unknown(AgentId agent, Instant now) {
    return new AgentRecord(agent, false, "", "", -1, 0, 0, List.of(), false, now, now);
  }

  /** Notes that a message of some run arrived: the agent is there. */
  static AgentRecord seen(AgentRecord r, Envelope envelope, Instant now) {
    boolean sameRun = r.bootId().equals(envelope.bootId());
    return new AgentRecord(
        r.agent(),
        true,
        r.softwareVersion(),
        envelope.bootId(),
        sameRun ? r.sequence() : -1,
        r.desiredRevision(),
        sameRun ? r.reportedRevision() : 0,
        r.models(),
        r.canTrain(),
        r.firstSeen(),
        now);
  }

  static AgentRecord version(AgentRecord r, Presence presence) {
    return new AgentRecord(
        r.agent(),
        true,
        presence.softwareVersion(),
        r.bootId(),
        r.sequence(),
        r.desiredRevision(),
        r.reportedRevision(),
        r.models(),
        r.canTrain(),
        r.firstSeen(),
        r.lastSeen());
  }

  static AgentRecord reported(AgentRecord r, long sequence, ReportedState reported) {
    return new AgentRecord(
        r.agent(),
        true,
        r.softwareVersion(),
        r.bootId(),
        sequence,
        r.desiredRevision(),
        reported.desiredRevision(),
        reported.models(),
        reported.canTrain(),
        r.firstSeen(),
        r.lastSeen());
  }

  static AgentRecord desired(AgentRecord r, long revision) {
    return new AgentRecord(
        r.agent(),
        r.online(),
        r.softwareVersion(),
        r.bootId(),
        r.sequence(),
        revision,
        r.reportedRevision(),
        r.models(),
        r.canTrain(),
        r.firstSeen(),
        r.lastSeen());
  }

  static AgentRecord offline(AgentRecord r) {
    return new AgentRecord(
        r.agent(),
        false,
        r.softwareVersion(),
        r.bootId(),
        r.sequence(),
        r.desiredRevision(),
        r.reportedRevision(),
        r.models(),
        r.canTrain(),
        r.firstSeen(),
        r.lastSeen());
  }

  /** Whether something changed that matters beyond "was heard of again". */
  static boolean differ(AgentRecord a, AgentRecord b) {
    return a.online() != b.online()
        || a.canTrain() != b.canTrain()
        || a.desiredRevision() != b.desiredRevision()
        || a.reportedRevision() != b.reportedRevision()
        || !a.softwareVersion().equals(b.softwareVersion())
        || !a.bootId().equals(b.bootId())
        || !a.models().equals(b.models());
  }
}
