package io.covey.edgeagent.app;

import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.primitive.Octets;
import io.covey.edgeagent.mqtt.AgentConnection;
import io.covey.edgeagent.rounds.Enrolment;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.edgeagent.session.TwinEvent;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.topic.TrustPlace;
import io.covey.protocols.transport.MqttTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell of one agent: what the coordinator says goes to the state machines, what they ask for
 * to the parts. Everything here runs on the agent's scheduler.
 */
final class AgentCore implements AgentConnection.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(AgentCore.class);
  private static final Duration FAREWELL_TIMEOUT = Duration.ofSeconds(2);

  private final AgentParts parts;
  private final MqttTransport transport;
  private final RefusedMessages refused;
  private final AgentConnection connection;
  private final TwinShell twin;
  private final RoundShell rounds;
  private final Duration telemetryInterval;
  private final String broker;
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private Scheduler.@Nullable Timer telemetryTimer;
  private volatile boolean connected;
  private boolean stopping;

  /**
   * What an agent says of itself, and how.
   *
   * @param broker for the log
   */
  record Voice(
      MqttTransport transport,
      Topics topics,
      AgentConnection.Identity identity,
      Duration telemetryInterval,
      String broker) {}

  AgentCore(AgentParts parts, Voice voice, ParticipationLimits limits) {
    this.parts = parts;
    this.transport = voice.transport();
    this.telemetryInterval = voice.telemetryInterval();
    this.broker = voice.broker();
    this.refused = new RefusedMessages(parts.scheduler());
    this.connection =
        new AgentConnection(
            transport, voice.topics(), voice.identity(), parts.fetcher(), refused, this);
    this.twin = new TwinShell(parts, this::report, connection::followReleases);
    this.rounds = new RoundShell(parts, connection, limits);
  }

  /** Serves what was served before, then connects. */
  void start() {
    Instant now = parts.scheduler().now();
    parts
        .releases()
        .start()
        .thenCompose(
            ready ->
                parts
                    .scheduler()
                    .offload(
                        new Workload(Workload.Kind.STORAGE, 0),
                        () -> {
                          parts.opening().ring().restore();
                          return parts.probation().start(now, parts.cache().servedBefore());
                        }))
        .whenComplete(this::restored);
  }

  private void restored(TwinEvent.@Nullable Restored before, @Nullable Throwable error) {
    if (stopping) {
      return;
    }
    if (error != null) {
      LOG.warn("{}: could not read what was served before: {}", parts.agent(), error.getMessage());
    } else if (before != null) {
      twin.restore(before);
    }
    if (parts.releases().isActive() || parts.enrolment().isPresent()) {
      // Revocations are told there, too.
      connection.followReleases();
    }
    connection.open();
    long phase = parts.randomness().generator().nextLong(1 + telemetryInterval.toMillis());
    telemetryTimer = parts.scheduler().schedule(Duration.ofMillis(phase), this::sendTelemetry);
  }

  /** Leaves in order: says so, then disconnects and closes everything. Completes when done. */
  CompletionStage<Void> stop() {
    if (stopping) {
      return stopped;
    }
    stopping = true;
    quiet();
    parts.probation().close().whenComplete((done, error) -> farewell());
    return stopped;
  }

  private void farewell() {
    if (!connected) {
      release();
      return;
    }
    Scheduler.Timer patience = parts.scheduler().schedule(FAREWELL_TIMEOUT, this::release);
    connection
        .publishPresence(false)
        .whenComplete(
            (done, error) -> {
              patience.cancel();
              release();
            });
  }

  /** Stops at once, without a word, as a crash would. */
  void abort() {
    stopping = true;
    quiet();
    release();
  }

  private void quiet() {
    if (telemetryTimer != null) {
      telemetryTimer.cancel();
    }
    twin.close();
    rounds.close();
    parts.fetcher().close();
  }

  private void release() {
    if (!stopped.isDone()) {
      transport.close();
      parts.models().close();
      parts.cache().close();
      parts.weights().close();
      parts.enrolment().ifPresent(enrolment -> enrolment.decisions().close());
      stopped.complete(null);
    }
  }

  AgentCounters counters() {
    return new AgentCounters(
        parts.models().inferences(),
        parts.models().failures(),
        rounds.joined(),
        rounds.reported(),
        refused.total(),
        parts.fetcher().wrongDigests(),
        parts.fetcher().differencesUsed(),
        parts.fetcher().differencesAbandoned());
  }

  boolean connected() {
    return connected;
  }

  /** What is wrong with the storage, for people; empty for nothing. From any thread. */
  Optional<String> storageObstacle() {
    return parts.cache().obstacle().or(twin::stalled);
  }

  @Override
  public void connected(boolean sessionPresent) {
    connected = true;
    LOG.debug("{}: session present: {}", parts.agent(), sessionPresent);
    parts.opening().announcement().ifPresent(connection::publishEncryptionKey);
    report();
  }

  @Override
  public void greeted() {
    if (!stopping) {
      connection.announcePresence();
      parts.opening().announcement().ifPresent(connection::publishEncryptionKey);
      report();
    }
  }

  @Override
  public void disconnected(String reason) {
    connected = false;
    LOG.warn("{}: disconnected from {}: {}", parts.agent(), broker, reason);
  }

  @Override
  public void desired(DesiredState state) {
    parts.opening().take(state.keys());
    parts.fetcher().setUrls(state.artifactUrls());
    twin.on(new TwinEvent.Desired(state));
  }

  @Override
  public void released(TrustPlace place, TrustDocument document) {
    if (place instanceof TrustPlace.Revocations) {
      parts.enrolment().ifPresent(enrolment -> heed(enrolment, document));
    } else if (parts.releases().isActive()) {
      parts.releases().offer(place, document);
    }
  }

  /** Nobody who was revoked is taken for a participant from now on, whatever a roster says. */
  private void heed(Enrolment enrolment, TrustDocument document) {
    Revocations known = enrolment.directory().revocations();
    Optional<Revocations.Verdict> verdict =
        RevocationList.decode(Octets.owning(document.signed().toByteArray())).map(known::heed);
    switch (verdict.orElse(Revocations.Verdict.BAD_SIGNATURE)) {
      case TAKEN -> LOG.debug("{}: heeds a newer revocation list", parts.agent());
      case KNOWN -> LOG.trace("{}: a revocation list that it heeds already", parts.agent());
      case OLDER, WRONG_FLEET, BAD_SIGNATURE ->
          LOG.warn(
              "{}: refused a revocation list: {}",
              parts.agent(),
              verdict.map(Object::toString).orElse("MALFORMED"));
    }
  }

  @Override
  public void granted(GroupKeyGranted key) {
    parts.opening().granted(key);
  }

  @Override
  public void saidInRound(RoundMessage message) {
    if (message instanceof RoundPlan plan) {
      parts.opening().take(plan.keys());
    }
    rounds.received(message);
  }

  /** Without a connection nothing is said: the next one begins with a report. */
  private void report() {
    if (connected && !stopping) {
      connection.publishReported(twin.reported(parts.canTrain()));
    }
  }

  private void sendTelemetry() {
    AgentCounters now = counters();
    if (connected) {
      connection.publishTelemetry(
          new Telemetry(
              now.inferences(),
              now.failedInferences(),
              now.roundsJoined(),
              now.roundsReported(),
              now.messagesRefused()));
    }
    telemetryTimer = parts.scheduler().schedule(telemetryInterval, this::sendTelemetry);
  }
}
