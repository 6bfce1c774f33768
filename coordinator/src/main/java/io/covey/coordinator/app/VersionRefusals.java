package io.covey.coordinator.app;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.fleet.AgentRecord;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What agents say that they do not serve, as entries of the audit log: each version once, as long
 * as the agent goes on saying so, and no more of one agent than its {@link HourlyShare}.
 *
 * <p>Belongs to one thread.
 */
final class VersionRefusals {
  private final Map<AgentId, Set<Refused>> refused = new HashMap<>();
  private final HourlyShare share = new HourlyShare();

  private record Refused(ModelName model, ModelVersion version) {}

  /** What is new in an agent's state. */
  List<AuditEvent> of(AgentRecord agent) {
    List<AuditEvent> events = new ArrayList<>();
    Set<Refused> before = refused.getOrDefault(agent.agent(), Set.of());
    Set<Refused> now = new HashSet<>();
    for (ModelState state : agent.models()) {
      Refused version = new Refused(state.model(), state.version());
      boolean news =
          state.status() == Status.REFUSED && now.add(version) && !before.contains(version);
      if (news && share.take(agent.agent())) {
        events.add(event(agent.agent(), state));
      }
    }
    if (now.isEmpty()) {
      refused.remove(agent.agent());
    } else {
      refused.put(agent.agent(), now);
    }
    return events;
  }

  private static AuditEvent event(AgentId agent, ModelState state) {
    return AuditEvent.of(Kind.VERSION_REFUSED_BY_AGENT, agent.value())
        .with("model", state.model())
        .with("version", state.version())
        .with("why", state.detail());
  }

  /** Another hour begins. */
  void nextHour() {
    share.nextHour();
  }

  /** How many were only counted. */
  long unlisted() {
    return share.unlisted();
  }
}
