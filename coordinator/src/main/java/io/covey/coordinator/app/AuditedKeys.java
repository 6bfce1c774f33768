package io.covey.coordinator.app;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.sealing.KeyWatcher;
import io.covey.protocols.id.AgentId;
import java.util.function.Consumer;

/** What becomes of the fleet's key, as entries of the audit log. Belongs to one thread. */
final class AuditedKeys implements KeyWatcher {
  private final Consumer<AuditEvent> trail;
  private final HourlyShare share = new HourlyShare();

  AuditedKeys(Consumer<AuditEvent> trail) {
    this.trail = trail;
  }

  @Override
  public void epochBegan(long epoch, String why) {
    trail.accept(AuditEvent.of(Kind.KEY_EPOCH_BEGUN, "epoch " + epoch).with("why", why));
  }

  @Override
  public void refused(AgentId agent, String reason) {
    if (share.take(agent)) {
      trail.accept(AuditEvent.of(Kind.KEY_REFUSED, agent.value()).with("announced", reason));
    }
  }

  /** Another hour begins. */
  void nextHour() {
    share.nextHour();
  }

  /** Refusals that were only counted. */
  long unlisted() {
    return share.unlisted();
  }
}
