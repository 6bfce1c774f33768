package io.covey.edgeagent.app;

import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.client.RefusalReason;
import io.covey.edgeagent.mqtt.AgentConnection;
import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.mqtt.FetchPriority;
import io.covey.edgeagent.rounds.RoundSession;
import io.covey.edgeagent.rounds.SessionFactory;
import io.covey.edgeagent.sealing.OpeningRefusedException;
import io.covey.edgeagent.session.Participation;
import io.covey.edgeagent.session.ParticipationEffect;
import io.covey.edgeagent.session.ParticipationEvent;
import io.covey.edgeagent.session.ParticipationEvent.Obstacle;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.edgeagent.session.Step;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundDeclined.Reason;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SayAgain;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the {@link Participation} asks for. Runs on the agent's scheduler. */
final class RoundShell implements ParticipationEffect.Actions {
  private static final Logger LOG = LoggerFactory.getLogger(RoundShell.class);

  /** All that the coordinator hears of a failure that may depend on the examples. */
  static final String UNTOLD = "this agent's log says why";

  private final AgentParts parts;
  private final AgentConnection connection;
  private final Optional<SessionFactory> sessions;
  private Participation participation;
  // Of the one round under way:
  private ArtifactFetcher.@Nullable Ticket ticket;
  private @Nullable TrainingTask task;
  private @Nullable ModularVector update;
  private @Nullable RoundSession session;

  /** What was said last in the round before, which the broker may have lost since. */
  private Optional<RoundMessage> farewell = Optional.empty();

  private Scheduler.@Nullable Timer deadline;
  private final AtomicLong joined = new AtomicLong();
  private final AtomicLong reported = new AtomicLong();
  private boolean closed;

  RoundShell(AgentParts parts, AgentConnection connection, ParticipationLimits limits) {
    this.parts = parts;
    this.connection = connection;
    this.participation = Participation.idle(limits);
    this.sessions =
        parts
            .enrolment()
            .map(
                enrolment ->
                    new SessionFactory(
                        parts.scheduler(),
                        connection::publishInRound,
                        enrolment,
                        parts.randomness()::newStream));
  }

  /** Whatever the coordinator says in a round. */
  void received(RoundMessage message) {
    if (message instanceof RoundPlan plan) {
      on(new ParticipationEvent.Invited(plan, obstacle(plan)));
    } else if (message instanceof RoundClosed over) {
      on(new ParticipationEvent.Closed(over.round()));
    } else if (session != null
        && participation.phase().round().equals(Optional.of(message.round()))) {
      session.received(message);
    } else if (message instanceof SayAgain) {
      farewell
          .filter(last -> last.round().equals(message.round()))
          .ifPresent(connection::publishFarewell);
    }
  }

  private Optional<Obstacle> obstacle(RoundPlan plan) {
    if (parts.enrolment().isEmpty()) {
      return Optional.of(new Obstacle(Reason.PLAN_REFUSED, "this agent has no identity"));
    }
    if (parts.examples().size() == 0) {
      return Optional.of(new Obstacle(Reason.NO_EXAMPLES, "this agent has no examples"));
    }
    ModelManifest base = plan.base();
    return parts
        .opening()
        .opener()
        .objection(base.model(), base.artifacts())
        .map(why -> new Obstacle(Reason.PLAN_REFUSED, why));
  }

  /** Nothing is carried out any more. */
  void close() {
    participation.phase().round().ifPresent(this::stop);
    closed = true;
  }

  long joined() {
    return joined.get();
  }

  long reported() {
    return reported.get();
  }

  @Override
  public void prepare(RoundPlan accepted) {
    RoundId round = accepted.round();
    ModelManifest base = accepted.base();
    String on = base.model() + " version " + base.version();
    LOG.info("{}: joining round {} on {}", parts.agent(), round, on);
    joined.incrementAndGet();
    if (!join(accepted)) {
      return;
    }
    parts.inUse().setOfRound(Set.of(base));
    ticket =
        parts
            .fetcher()
            .fetch(
                base.model(),
                needed(base),
                FetchPriority.TRAINING,
                new ArtifactFetcher.Listener() {
                  @Override
                  public void fetched() {
                    whenOpenable(base, round);
                  }

                  @Override
                  public void failed(String detail) {
                    fail(round, Reason.MODEL_UNAVAILABLE, detail);
                  }
                });
  }

  private void whenOpenable(ModelManifest base, RoundId round) {
    Runnable ready = () -> on(new ParticipationEvent.BaseReady(round));
    parts
        .opening()
        .whenOpenable(
            base, needed(base), ready, lack -> fail(round, Reason.MODEL_UNAVAILABLE, lack));
  }

  private List<ArtifactReference> needed(ModelManifest base) {
    return base.isPlain() ? parts.weights().needed(base) : base.withoutSamples().artifacts();
  }

  /** Begins the round's session, which goes on beside the training; false when it cannot. */
  private boolean join(RoundPlan accepted) {
    RoundId round = accepted.round();
    try {
      RoundSession begun = sessions.orElseThrow().session(accepted, new SessionListener(round));
      session = begun;
      begun.begin();
      return true;
    } catch (DecodeException e) {
      fail(round, Reason.PLAN_REFUSED, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private final class SessionListener implements RoundSession.Listener {
    private final RoundId round;

    SessionListener(RoundId round) {
      this.round = round;
    }

    @Override
    public void finished() {
      LOG.info("{}: reported to round {}", parts.agent(), round);
      reported.incrementAndGet();
      farewell = Optional.ofNullable(session).flatMap(RoundSession::farewell);
      release();
      on(new ParticipationEvent.Published(round));
    }

    @Override
    public void left(RefusalReason reason) {
      LOG.warn("{}: left the session of round {}: {}", parts.agent(), round, reason);
      fail(round, Reason.PLAN_REFUSED, "secure aggregation: " + reason);
    }

    @Override
    public void failed(String detail) {
      fail(round, Reason.TRAINING_FAILED, detail);
    }
  }

  @Override
  public void train(RoundPlan accepted) {
    RoundId round = accepted.round();
    TrainingTask running = new TrainingTask(parts, accepted);
    task = running;
    // One more pass than epochs: the base version is evaluated first.
    long passes = (accepted.training().epochs() + 1L) * parts.examples().size();
    parts
        .scheduler()
        .offload(new Workload(Workload.Kind.TRAINING, passes), running)
        .whenComplete(
            (words, error) -> {
              if (running != task) {
                return;
              }
              task = null;
              Optional<OpeningRefusedException> unopened = ModelOpening.refusal(error);
              if (unopened.isPresent()) {
                fail(round, Reason.MODEL_UNAVAILABLE, String.valueOf(unopened.get().getMessage()));
              } else if (error != null) {
                // Not to the coordinator: what went wrong may tell of an example, such as its
                // label.
                LOG.warn("{}: training for round {} failed", parts.agent(), round, error);
                fail(round, Reason.TRAINING_FAILED, UNTOLD);
              } else {
                update = words;
                on(new ParticipationEvent.Trained(round));
              }
            });
  }

  @Override
  public void publish(RoundId round) {
    ModularVector words = update;
    RoundSession current = session;
    if (words == null || current == null) {
      throw new IllegalStateException("an update is to be published that was not made");
    }
    update = null;
    current.updateReady(words);
  }

  @Override
  public void stop(RoundId round) {
    if (ticket != null) {
      ticket.cancel();
    }
    if (task != null) {
      task.cancel();
    }
    if (session != null) {
      session.cancel();
    }
    release();
  }

  @Override
  public void decline(RoundDeclined message) {
    String why = message.reason() + " " + message.detail();
    LOG.info("{}: declining round {}: {}", parts.agent(), message.round(), why);
    connection.publishDeclined(message);
  }

  @Override
  public void startDeadline(RoundId round, Duration delay) {
    deadline =
        parts.scheduler().schedule(delay, () -> on(new ParticipationEvent.DeadlineReached(round)));
  }

  private void on(ParticipationEvent event) {
    if (closed) {
      return;
    }
    Step<Participation, ParticipationEffect> step = participation.on(event);
    participation = step.next();
    step.effects().forEach(effect -> effect.perform(this));
  }

  private void fail(RoundId round, Reason reason, String detail) {
    on(new ParticipationEvent.Failed(round, reason, detail));
  }

  private void release() {
    if (deadline != null) {
      deadline.cancel();
    }
    parts.inUse().setOfRound(Set.of());
    ticket = null;
    task = null;
    update = null;
    session = null;
    deadline = null;
  }
}
