package io.covey.coordinator.training;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RefusalReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.time.Scheduler;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training of one model: runs one round after the other until all have committed, an operator
 * pauses it, or too many fail in a row.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
final class JobRunner implements RoundRunner.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final TrainingServices services;
  private final JobPrivacy privacy;
  private final Consumer<TrainingEvent> watchers;
  private final Consumer<VersionRecord> released;
  private TrainingJob job;
  private VersionRecord newest;
  private int roundNumber;
  private int failuresInRow;
  private long bytesSentBefore;
  private @Nullable RoundRunner current;
  private @Nullable VersionRecord justCommitted;
  private Scheduler.@Nullable Timer pendingRound;

  /**
   * Where a job begins.
   *
   * @param roundNumber of the model's newest round
   * @param clipNorm that earlier rounds of the job found for the next one
   */
  record Progress(VersionRecord newest, int roundNumber, Optional<Float> clipNorm) {}

  /**
   * @param released told of every new version, to be published
   */
  JobRunner(
      TrainingServices services,
      TrainingJob job,
      Progress progress,
      Consumer<TrainingEvent> watchers,
      Consumer<VersionRecord> released) {
    this.services = services;
    this.job = job;
    this.newest = progress.newest();
    this.roundNumber = progress.roundNumber();
    this.privacy = new JobPrivacy(services, job.model(), progress.clipNorm());
    this.watchers = watchers;
    this.released = released;
  }

  TrainingJob job() {
    return job;
  }

  ModelName model() {
    return job.model();
  }

  /** The evaluation of the newest version was renewed. */
  void replaceNewest(VersionRecord evaluated) {
    if (evaluated.version().equals(newest.version())) {
      newest = evaluated;
    }
  }

  /** A version was made that is not a round's; the next round starts from it. */
  void goOnFrom(VersionRecord version) {
    newest = version;
  }

  void run() {
    if (job.roundsCommitted() >= job.roundsWanted()) {
      change(TrainingJob.State.COMPLETED, "");
      return;
    }
    failuresInRow = 0;
    change(TrainingJob.State.RUNNING, "");
    nextRound();
  }

  void pause() {
    if (pendingRound != null) {
      pendingRound.cancel();
      pendingRound = null;
    }
    change(TrainingJob.State.PAUSED, "");
    if (current != null) {
      current.cancel();
    }
  }

  void agentChanged(AgentId agent, boolean online) {
    if (current != null) {
      current.agentChanged(agent, online);
    }
  }

  /** What an agent was told last in the round that runs may not have reached it. */
  void repeat(AgentId agent) {
    if (current != null) {
      current.repeat(agent);
    }
  }

  /** The broker has forgotten what it had acknowledged. */
  void repeatToAll() {
    if (current != null) {
      current.repeatToAll();
    }
  }

  /** Whether rounds run, or one is still ending. */
  boolean isBusy() {
    return current != null || job.state() == TrainingJob.State.RUNNING;
  }

  /** Whether the round is the one that runs; otherwise the message is for nobody. */
  boolean owns(RoundId round) {
    return current != null && current.order().round().equals(round);
  }

  void received(AgentId agent, RoundMessage message, int bytes) {
    if (current != null) {
      current.received(agent, message, bytes);
    }
  }

  private void nextRound() {
    pendingRound = null;
    if (job.state() != TrainingJob.State.RUNNING || current != null) {
      return;
    }
    Optional<RoundOrder> ordered = order();
    if (ordered.isEmpty()) {
      return;
    }
    RoundOrder order = ordered.get();
    Optional<RoundCost> cost = privacy.costOf(order);
    RoundRunner runner = new RoundRunner(order, services, this, () -> privacy.charge(cost));
    current = runner;
    RoundRecord begun = runner.tally().running(0);
    services
        .writes()
        .write(
            () -> {
              privacy.requireAllowed(cost);
              services.rounds().save(begun);
              return begun;
            })
        .whenComplete((saved, failure) -> begin(runner, Optional.ofNullable(failure)));
  }

  /** The next round; empty when there cannot be one, and then the job is stopped. */
  private Optional<RoundOrder> order() {
    try {
      return Optional.of(
          services.orders().order(subject(), privacy.planOfNextRound(job.plan()), bytesSentBefore));
    } catch (RuntimeException e) {
      // A plan that was checked when it was given, and for which there is no round all the same.
      LOG.error("the training of {} stops: its plan makes no round", job.model(), e);
      change(TrainingJob.State.STOPPED, "the plan makes no round: " + e.getMessage());
      return Optional.empty();
    }
  }

  private void begin(RoundRunner runner, Optional<Throwable> failure) {
    Optional<String> refusal = failure.flatMap(BudgetRefusedException::in);
    if (refusal.isPresent()) {
      current = null;
      stopForBudget(refusal.get());
      return;
    }
    roundNumber++;
    if (failure.isPresent()) {
      LOG.error("round {} could not be recorded", runner.order().round(), failure.get());
      ended(runner.tally().failed(FailureReason.COMMIT_FAILED, 0, services.scheduler().now()));
    } else if (job.state() != TrainingJob.State.RUNNING) {
      // Paused while the round was being recorded: nobody hears of it.
      ended(runner.tally().failed(FailureReason.CANCELLED, 0, services.scheduler().now()));
    } else {
      runner.begin();
    }
  }

  private void stopForBudget(String why) {
    LOG.warn("the training of {} stops: {}", job.model(), why);
    change(TrainingJob.State.STOPPED, FailureReason.PRIVACY_BUDGET_EXHAUSTED + ": " + why);
  }

  private RoundOrder.Subject subject() {
    int number = roundNumber + 1;
    ArtifactReference weights = newest.artifact(ArtifactReference.Role.WEIGHTS).orElseThrow();
    return new RoundOrder.Subject(
        services.orders().freshId(job.model(), number),
        number,
        newest,
        Math.toIntExact(weights.lengthBytes() / Float.BYTES));
  }

  @Override
  public CompletionStage<RoundRecord> commit(RoundRunner round, AggregateUpdate aggregate) {
    Optional<Float> clipNorm = privacy.clipNormAfter(round.order().setup().plan(), aggregate);
    return new RoundCommit(services, withCommitted(), clipNorm)
        .of(round, aggregate)
        .thenApply(
            done -> {
              justCommitted = done.version();
              privacy.nextClipNorm(clipNorm);
              return done.record();
            });
  }

  @Override
  public void refused(RefusalReason reason) {
    services.refusals().add(reason);
  }

  @Override
  public void progressed(RoundRecord record) {
    watchers.accept(new TrainingEvent.OfRound(record));
  }

  @Override
  public void ended(RoundRecord record) {
    current = null;
    bytesSentBefore = services.messenger().bytesSent();
    if (record.state() == RoundRecord.State.COMMITTED) {
      committed(record);
    } else {
      failed(record);
    }
  }

  private void committed(RoundRecord record) {
    failuresInRow = 0;
    VersionRecord version = justCommitted;
    if (version == null) {
      throw new IllegalStateException("a round committed without a version");
    }
    justCommitted = null;
    newest = version;
    TrainingJob.State state = job.state();
    job = withCommitted();
    if (state == TrainingJob.State.PAUSED) {
      // Paused while the round could no longer be cancelled.
      change(TrainingJob.State.PAUSED, "");
    }
    released.accept(version);
    watchers.accept(new TrainingEvent.OfRound(record));
    watchers.accept(new TrainingEvent.OfJob(job));
    if (job.state() == TrainingJob.State.RUNNING) {
      nextRound();
    }
  }

  private void failed(RoundRecord record) {
    boolean cancelled = record.failure().equals(Optional.of(FailureReason.CANCELLED));
    failuresInRow += cancelled ? 0 : 1;
    job = job.withCounts(job.roundsCommitted(), job.roundsFailed() + 1);
    save(record);
    watchers.accept(new TrainingEvent.OfRound(record));
    if (record.failure().equals(Optional.of(FailureReason.PRIVACY_BUDGET_EXHAUSTED))) {
      stopForBudget("it was lowered while the last round ran; that round's sum stays closed");
    } else if (failuresInRow >= services.limits().failedRoundsInRow()) {
      change(
          TrainingJob.State.STOPPED,
          failuresInRow
              + " rounds failed in a row, the last one with "
              + record.failure().map(FailureReason::name).orElse("no reason"));
    } else {
      change(job.state(), job.detail());
    }
    if (job.state() == TrainingJob.State.RUNNING) {
      pendingRound =
          services
              .scheduler()
              .schedule(
                  services.limits().retryDelay().multipliedBy(failuresInRow), this::nextRound);
    }
  }

  private void save(RoundRecord record) {
    services.writes().writeBehind("round " + record.round(), () -> services.rounds().save(record));
  }

  private TrainingJob withCommitted() {
    int committed = job.roundsCommitted() + 1;
    TrainingJob counted = job.withCounts(committed, job.roundsFailed());
    return committed >= job.roundsWanted() && job.state() == TrainingJob.State.RUNNING
        ? counted.in(TrainingJob.State.COMPLETED, "")
        : counted;
  }

  private void change(TrainingJob.State state, String detail) {
    job = job.in(state, detail);
    TrainingJob changed = job;
    services.writes().writeBehind("job of " + job.model(), () -> services.jobs().save(changed));
    watchers.accept(new TrainingEvent.OfJob(job));
  }
}
