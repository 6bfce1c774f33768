package io.covey.coordinator.fleet;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The agents as the coordinator knows them, and what each should serve.
 *
 * <p>Reported states are applied by (bootId, sequence), so that redelivered and overtaken ones
 * change nothing; every other message only proves that the agent is there.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
public final class Fleet {
  private static final Duration REPEAT_AFTER = Duration.ofSeconds(5);

  private final Scheduler scheduler;
  private final FleetMessenger messenger;
  private final AgentWriter writer;
  private final Map<AgentId, AgentRecord> agents = new TreeMap<>();
  private final Map<AgentId, Telemetry> telemetry = new TreeMap<>();
  private final Map<AgentId, String> endedRuns = new TreeMap<>();
  private final Map<ModelName, ModelManifest> desired = new LinkedHashMap<>();
  private final List<FleetListener> listeners = new ArrayList<>();
  private final List<Consumer<AgentId>> connectListeners = new ArrayList<>();

  /** Agents that were told the current content under their newest revision. */
  private final Set<AgentId> toldCurrent = new TreeSet<>();

  private final Map<AgentId, Instant> lastTold = new TreeMap<>();
  private List<ArtifactUrl> artifactUrls = List.of();
  private long revision;

  public Fleet(Scheduler scheduler, FleetMessenger messenger, AgentStore store) {
    this.scheduler = scheduler;
    this.messenger = messenger;
    this.writer = new AgentWriter(scheduler, store);
  }

  /** Takes up what was known before a restart: everybody is offline until heard of. */
  public void restore(Collection<AgentRecord> known, Collection<ModelManifest> manifests) {
    for (AgentRecord record : known) {
      agents.put(record.agent(), AgentChanges.offline(record));
      revision = Math.max(revision, record.desiredRevision());
    }
    manifests.forEach(manifest -> desired.put(manifest.model(), manifest));
  }

  /** Where agents that are told from now on find files over HTTPS. */
  public void setArtifactUrls(List<ArtifactUrl> urls) {
    artifactUrls = List.copyOf(urls);
  }

  /** Tells of every agent that has connected, also of one that was never missed. */
  public void addConnectListener(Consumer<AgentId> listener) {
    connectListeners.add(listener);
  }

  public void addListener(FleetListener listener) {
    listeners.add(listener);
  }

  public void onPresence(AgentId agent, Envelope envelope, Presence presence) {
    AgentRecord before = recordOf(agent);
    if (presence.online()) {
      Optional<AgentRecord> seen = see(agent, envelope);
      seen.ifPresent(now -> replace(before, AgentChanges.version(now, presence)));
      seen.ifPresent(now -> connectListeners.forEach(listener -> listener.accept(agent)));
    } else if (before.bootId().equals(envelope.bootId())) {
      // A late will of an earlier run says nothing about the run that followed it.
      replace(before, AgentChanges.offline(before));
    }
  }

  /**
   * Counts those as gone who are no longer members, however they are connected: nobody believes
   * what they say from now on, their wills included.
   */
  public void partWith(Predicate<AgentId> noMember) {
    List<AgentRecord> gone =
        agents.values().stream()
            .filter(record -> record.online() && noMember.test(record.agent()))
            .toList();
    gone.forEach(record -> replace(record, AgentChanges.offline(record)));
  }

  public void onReported(AgentId agent, Envelope envelope, ReportedState reported) {
    AgentRecord before = recordOf(agent);
    AgentRecord seen = see(agent, envelope).orElse(null);
    if (seen == null || envelope.sequence() <= seen.sequence()) {
      return;
    }
    replace(before, AgentChanges.reported(seen, envelope.sequence(), reported));
    AgentRecord now = recordOf(agent);
    if (now.reportedRevision() < now.desiredRevision() && !toldLately(agent)) {
      // The agent answers an older desired state: the newest may have been lost on its way.
      sendDesired(agent);
    }
  }

  public void onTelemetry(AgentId agent, Envelope envelope, Telemetry counters) {
    AgentRecord before = recordOf(agent);
    see(agent, envelope)
        .ifPresent(
            seen -> {
              telemetry.put(agent, counters);
              replace(before, seen);
            });
  }

  /** Any other message of an agent: proves that it is there. */
  public void onSign(AgentId agent, Envelope envelope) {
    AgentRecord before = recordOf(agent);
    see(agent, envelope).ifPresent(seen -> replace(before, seen));
  }

  /** From now on every agent should serve this version of its model. */
  public void setDesired(ModelManifest manifest) {
    desired.put(manifest.model(), manifest);
    toldCurrent.clear();
    agents.keySet().forEach(this::sendDesired);
  }

  /** Says again to everybody what is desired; after the broker has lost what it had kept. */
  public void republishDesired() {
    agents.keySet().forEach(this::sendDesired);
  }

  /** Agents that can train {@code model} now. */
  public Set<AgentId> eligible(ModelName model, ModelVersion version) {
    Set<AgentId> eligible = new TreeSet<>();
    for (AgentRecord agent : agents.values()) {
      if (agent.online() && agent.canTrain() && !hasRefused(agent, model, version)) {
        eligible.add(agent.agent());
      }
    }
    return eligible;
  }

  public Optional<AgentRecord> agent(AgentId agent) {
    return Optional.ofNullable(agents.get(agent));
  }

  public List<AgentRecord> agents() {
    return List.copyOf(agents.values());
  }

  public FleetTotals totals() {
    long inferences = 0;
    long failed = 0;
    long refused = 0;
    for (Telemetry counters : telemetry.values()) {
      inferences += counters.inferences();
      failed += counters.failedInferences();
      refused += counters.messagesRefused();
    }
    int online = (int) agents.values().stream().filter(AgentRecord::online).count();
    return new FleetTotals(agents.size(), online, inferences, failed, refused);
  }

  /** The record with the message noted; empty when the message is of a run that has ended. */
  private Optional<AgentRecord> see(AgentId agent, Envelope envelope) {
    if (envelope.bootId().equals(endedRuns.get(agent))) {
      return Optional.empty();
    }
    return Optional.of(AgentChanges.seen(recordOf(agent), envelope, scheduler.now()));
  }

  private AgentRecord recordOf(AgentId agent) {
    AgentRecord known = agents.get(agent);
    return known != null ? known : AgentChanges.unknown(agent, scheduler.now());
  }

  private void replace(AgentRecord before, AgentRecord after) {
    AgentId agent = after.agent();
    boolean isNew = agents.put(agent, after) == null;
    if (AgentChanges.differ(before, after) || isNew) {
      writer.save(after);
    }
    boolean newRun = !before.bootId().equals(after.bootId());
    if (newRun && !before.bootId().isEmpty()) {
      endedRuns.put(agent, before.bootId());
    }
    if (after.online() && (isNew || newRun || !before.online())) {
      sendDesired(agent);
    }
    if (isNew || newRun || AgentChanges.differ(before, after)) {
      listeners.forEach(listener -> listener.agentChanged(agent, after.online()));
    }
  }

  /**
   * Tells an agent what it should serve. The same content goes under the same revision, which an
   * agent that has it ignores: saying it again is harmless.
   */
  private void sendDesired(AgentId agent) {
    AgentRecord record = agents.get(agent);
    if (desired.isEmpty() || record == null) {
      return;
    }
    if (toldCurrent.add(agent)) {
      // Revisions must rise across restarts, also when the last ones were not stored: time does.
      revision = Math.max(revision + 1, scheduler.now().toEpochMilli());
      record = AgentChanges.desired(record, revision);
      agents.put(agent, record);
      writer.save(record);
    }
    lastTold.put(agent, scheduler.now());
    DesiredState state =
        new DesiredState(
            record.desiredRevision(), List.copyOf(desired.values()), List.of(), artifactUrls);
    var unused = messenger.sendDesired(agent, state);
  }

  private boolean toldLately(AgentId agent) {
    Instant told = lastTold.get(agent);
    return told != null && told.plus(REPEAT_AFTER).isAfter(scheduler.now());
  }

  private static boolean hasRefused(AgentRecord agent, ModelName model, ModelVersion version) {
    return agent.models().stream()
        .anyMatch(
            state ->
                state.model().equals(model)
                    && state.version().equals(version)
                    && state.status() == ReportedState.Status.REFUSED);
  }
}
