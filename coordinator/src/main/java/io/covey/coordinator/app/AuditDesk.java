package io.covey.coordinator.app;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.audit.AuditTrail;
import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.round.RefusalReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.training.CoordinatorCore;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells the audit log what a coordinator does and hears of: rounds as they end, versions that
 * agents do not serve, epochs of the fleet's key, refused messages by their reasons, revocation
 * lists.
 *
 * <p>Of messages there are too many for an entry each: once a minute their numbers are written, if
 * there were any, and once more at the end. Thread rule: the owner's scheduler.
 */
final class AuditDesk {
  private static final Duration INTERVAL = Duration.ofMinutes(1);
  private static final long LOOKS_AN_HOUR = Duration.ofHours(1).dividedBy(INTERVAL);

  private final AuditTrail trail;
  private final CoordinatorCore core;
  private final RefusedMessages undecodable;
  private final Revocations revocations;
  private final VersionRefusals refusals = new VersionRefusals();
  private final AuditedKeys keys;
  private final Map<String, Long> counted = new HashMap<>();
  private long revocationsVersion = -1;
  private long looks;

  AuditDesk(
      AuditTrail trail,
      CoordinatorCore core,
      RefusedMessages undecodable,
      Revocations revocations) {
    this.trail = trail;
    this.keys = new AuditedKeys(trail::record);
    this.core = core;
    this.undecodable = undecodable;
    this.revocations = revocations;
  }

  /** Called once. */
  void bind(Scheduler scheduler) {
    var unused = core.watchAll(this::told);
    core.watchAgents(this::agentChanged);
    core.watchReleases(this::released);
    core.keys().watch(keys);
    look(scheduler);
  }

  private void look(Scheduler scheduler) {
    if (++looks % LOOKS_AN_HOUR == 0) {
      refusals.nextHour();
      keys.nextHour();
    }
    noteWhatIsNew();
    var unused = scheduler.schedule(INTERVAL, () -> look(scheduler));
  }

  /** What has come since the last look; also the last thing that is done before a stop. */
  void noteWhatIsNew() {
    noteRefusals();
    revocations.newest().ifPresent(this::noteRevocations);
  }

  private void noteRefusals() {
    Map<String, Long> totals = new LinkedHashMap<>();
    for (DecodeException.Kind kind : DecodeException.Kind.values()) {
      totals.put("undecodable " + kind, undecodable.count(kind));
    }
    for (RefusalReason reason : RefusalReason.values()) {
      totals.put("in a round " + reason, core.refusals().count(reason));
    }
    totals.put("versions by agents, beyond the listed", refusals.unlisted());
    totals.put("encryption keys, beyond the listed", keys.unlisted());
    AuditEvent event = AuditEvent.of(Kind.MESSAGES_REFUSED, "");
    for (Map.Entry<String, Long> total : totals.entrySet()) {
      long more = total.getValue() - counted.getOrDefault(total.getKey(), 0L);
      if (more > 0) {
        // As many entries as it takes.
        event = full(event).with(total.getKey(), more);
      }
    }
    if (!event.details().isEmpty()) {
      trail.record(event);
    }
    counted.putAll(totals);
  }

  private AuditEvent full(AuditEvent event) {
    if (event.details().size() < AuditEvent.MOST_DETAILS) {
      return event;
    }
    trail.record(event);
    return AuditEvent.of(Kind.MESSAGES_REFUSED, "");
  }

  private void noteRevocations(RevocationList list) {
    if (list.content().version() != revocationsVersion) {
      revocationsVersion = list.content().version();
      trail.record(
          AuditEvent.of(Kind.REVOCATIONS_HEEDED, "list " + revocationsVersion)
              .with("revoked", list.content().serials().size()));
    }
  }

  private void told(TrainingEvent event) {
    if (event instanceof TrainingEvent.OfRound ofRound) {
      RoundRecord round = ofRound.round();
      if (round.state() != RoundRecord.State.RUNNING) {
        trail.record(of(round));
      }
    }
  }

  private void released(ReleaseRecord release) {
    trail.record(
        AuditEvent.of(Kind.VERSION_RELEASED, release.model().value())
            .with("version", release.version())
            .with("counter", release.counter()));
  }

  private static AuditEvent of(RoundRecord round) {
    boolean committed = round.state() == RoundRecord.State.COMMITTED;
    AuditEvent event =
        AuditEvent.of(
                committed ? Kind.ROUND_COMMITTED : Kind.ROUND_FAILED, round.round().toString())
            .with("model", round.model())
            .with("base", round.base())
            .with("cohort", round.cohort())
            .with("reported", round.reported());
    if (!round.dropped().isEmpty()) {
      event = event.with("dropped", round.dropped());
    }
    if (round.failure().isPresent()) {
      event = event.with("why", round.failure().get());
    }
    return round.committed().isPresent() ? event.with("version", round.committed().get()) : event;
  }

  private void agentChanged(AgentRecord agent) {
    refusals.of(agent).forEach(trail::record);
  }
}
