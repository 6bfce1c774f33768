package io.covey.coordinator.training;

import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.round.Completed;
import io.covey.coordinator.round.Failed;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RefusalReason;
import io.covey.coordinator.round.RoundEffect;
import io.covey.coordinator.round.RoundEvent;
import io.covey.coordinator.round.RoundPhase;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.Selecting;
import io.covey.coordinator.round.Step;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell around one round: hands events to the pure phases and carries their effects out.
 *
 * <p>Thread rule: the owner's scheduler only. A phase sees one event at a time; while the cohort's
 * session runs, it sees it on a worker, since its answers take public-key work.
 */
final class RoundRunner implements EventQueue.Handler, SessionShell.Round {
  private static final Logger LOG = LoggerFactory.getLogger(RoundRunner.class);

  /** Whoever started the round. */
  interface Owner {
    /** Makes the new version from the opened sum, and stores it with the round. */
    CompletionStage<RoundRecord> commit(RoundRunner round, AggregateUpdate aggregate);

    /** A message changed nothing. */
    void refused(RefusalReason reason);

    /** The round got on; the record is for watchers. */
    void progressed(RoundRecord record);

    /** The round is over. */
    void ended(RoundRecord record);
  }

  private final RoundOrder order;
  private final Supplier<CompletionStage<Boolean>> charge;
  private final TrainingServices services;
  private final FleetMessenger messenger;
  private final Owner owner;
  private final MaskedSum sum;
  private final SessionShell session;
  private final RoundTally tally;
  private final EventQueue queue;
  private final List<Scheduler.Timer> timers = new ArrayList<>();
  // Written by the owner's thread, and read by the worker that answers the next event.
  private volatile @Nullable RoundPhase phase;
  private Optional<RoundMessage> cause = Optional.empty();
  private @Nullable AggregateUpdate aggregate;
  private @Nullable RoundRecord committedRecord;
  private boolean ended;

  /**
   * @param charge counts what the round costs in privacy; its stage completes when that is on disk
   */
  RoundRunner(
      RoundOrder order,
      TrainingServices services,
      Owner owner,
      Supplier<CompletionStage<Boolean>> charge) {
    this.order = order;
    this.charge = charge;
    this.services = services;
    this.messenger = services.messenger();
    this.owner = owner;
    Scheduler scheduler = services.scheduler();
    this.sum =
        new MaskedSum(scheduler, order.layout(), order.setup().descriptor().vector().chunkWords());
    this.session = new SessionShell(order, services, sum, this);
    this.tally = new RoundTally(order.round(), order.number(), order.base(), scheduler.now());
    this.queue = new EventQueue(scheduler, this, order.messageBytes(), order.messagesOfOneAgent());
  }

  void begin() {
    answered(Selecting.begin(order.setup()), Optional.empty());
    candidatesChanged();
  }

  RoundOrder order() {
    return order;
  }

  RoundTally tally() {
    return tally;
  }

  boolean isOver() {
    return phase instanceof Completed || phase instanceof Failed;
  }

  void candidatesChanged() {
    if (phase instanceof Selecting) {
      happened(
          new RoundEvent.CandidatesChanged(
              services.fleet().eligible(order.base().model(), order.base().version())));
    }
  }

  void agentChanged(AgentId agent, boolean online) {
    candidatesChanged();
    happened(online ? new RoundEvent.AgentBack(agent) : new RoundEvent.AgentLost(agent));
  }

  void received(AgentId agent, RoundMessage message, int bytes) {
    tally.received(bytes);
    if (!session.isInvited(agent)) {
      owner.refused(RefusalReason.FOREIGN);
    } else if (message instanceof UpdateChunk && !session.isGranted(agent)) {
      // At the door: others' chunks take none of the room that was granted.
      owner.refused(RefusalReason.NOT_GRANTED);
    } else if (!queue.offer(agent, message, bytes, () -> session.eventOf(agent, message))) {
      owner.refused(RefusalReason.OVERLOADED);
    }
  }

  void repeat(AgentId agent) {
    session.repeat(agent);
  }

  void repeatToAll() {
    session.invited().forEach(session::repeat);
  }

  void cancel() {
    happened(new RoundEvent.Cancelled());
  }

  @Override
  public void happened(RoundEvent event) {
    // Before the round is recorded and begun, nothing concerns it.
    if (phase != null) {
      queue.add(event);
    }
  }

  @Override
  public CompletionStage<Boolean> charge() {
    return charge.get();
  }

  @Override
  public void happensAfter(Duration period, RoundEvent event) {
    timers.add(services.scheduler().schedule(period, () -> happened(event)));
  }

  @Override
  public boolean isHeavy() {
    // While there is a cohort, messages of it are hashed and verified.
    return !(phase instanceof Selecting) && !isOver();
  }

  @Override
  public Step answer(RoundEvent event) {
    RoundPhase current = phase;
    if (current == null) {
      throw new IllegalStateException("the round has not begun");
    }
    return current.on(event);
  }

  @Override
  public void answered(Step step, Optional<RoundMessage> by) {
    if (ended) {
      return;
    }
    boolean moved = phase == null || !phase.getClass().equals(step.next().getClass());
    phase = step.next();
    cause = by;
    step.effects().forEach(this::carryOut);
    cause = Optional.empty();
    if (isOver()) {
      end();
    } else if (moved || !step.effects().isEmpty()) {
      owner.progressed(tally.running(order.bytesDown(messenger)));
    }
  }

  @Override
  public void ignored() {
    owner.refused(RefusalReason.OUT_OF_STEP);
  }

  @Override
  public void failed(Throwable failure) {
    LOG.error("round {}: a defect ends it", order.round(), failure);
    if (committedRecord == null && !isOver()) {
      phase = new Failed(FailureReason.INTERNAL_ERROR);
      close(session.invited(), false);
    }
    end();
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    timers.forEach(Scheduler.Timer::cancel);
    session.close();
    if (phase instanceof Failed failed) {
      owner.ended(
          tally.failed(failed.reason(), order.bytesDown(messenger), services.scheduler().now()));
    } else if (committedRecord != null) {
      owner.ended(committedRecord);
    }
  }

  private void carryOut(RoundEffect effect) {
    if (effect instanceof RoundEffect.OfSession of) {
      session.carryOut(of.effect());
    } else if (effect instanceof RoundEffect.StartSelection start) {
      happensAfter(start.period(), new RoundEvent.SelectionOver());
    } else if (effect instanceof RoundEffect.OpenSum open) {
      openSum(open.reports());
    } else if (effect instanceof RoundEffect.Commit) {
      commit();
    } else if (effect instanceof RoundEffect.Close close) {
      close(close.agents(), close.committed());
    } else {
      carryOutForOne(effect);
    }
  }

  private void close(Collection<AgentId> agents, boolean committed) {
    RoundClosed closed = new RoundClosed(order.round(), committed);
    for (AgentId agent : agents) {
      var unused = messenger.sendRound(agent, closed);
    }
  }

  /** What concerns one agent. */
  private void carryOutForOne(RoundEffect effect) {
    if (effect instanceof RoundEffect.Invite invite) {
      tally.invited();
      session.invite(invite.agent());
    } else if (effect instanceof RoundEffect.GrantUpload grant) {
      session.grantUpload(grant.agent());
    } else if (effect instanceof RoundEffect.WatchUpload watch) {
      happensAfter(watch.period(), new RoundEvent.UploadWatched(watch.agent(), watch.held()));
    } else if (effect instanceof RoundEffect.AddChunk add) {
      sum.add(add.agent(), add.index(), chunkAtHand().words());
    } else if (effect instanceof RoundEffect.Settle settle) {
      tally.added();
      sum.settle(settle.agent());
    } else if (effect instanceof RoundEffect.TakeBack back) {
      sum.takeBack(back.agent());
    } else if (effect instanceof RoundEffect.Drop drop) {
      tally.dropped(drop.reason());
      session.forget(drop.agent());
      LOG.debug("round {}: {} dropped, {}", order.round(), drop.agent(), drop.reason());
    } else if (effect instanceof RoundEffect.Reproach reproach) {
      LOG.info(
          "round {}: {} is in the sum and did not help to open it, {}",
          order.round(),
          reproach.agent(),
          reproach.reason());
    } else if (effect instanceof RoundEffect.Refuse refuse) {
      owner.refused(refuse.reason());
    }
  }

  private UpdateChunk chunkAtHand() {
    return cause
        .filter(UpdateChunk.class::isInstance)
        .map(UpdateChunk.class::cast)
        .orElseThrow(() -> new IllegalStateException("no chunk at hand"));
  }

  private void openSum(int reports) {
    var unused =
        sum.open(reports)
            .whenComplete(
                (opened, failure) -> {
                  if (failure != null) {
                    LOG.warn("round {}: the sum is unusable", order.round(), failure);
                    happened(new RoundEvent.WorkFailed(FailureReason.UNUSABLE_AGGREGATE));
                  } else {
                    aggregate = opened;
                    happened(new RoundEvent.SumOpened());
                  }
                });
  }

  private void commit() {
    AggregateUpdate opened = aggregate;
    if (opened == null) {
      throw new IllegalStateException("nothing to commit");
    }
    var unused =
        owner
            .commit(this, opened)
            .whenComplete(
                (record, failure) -> {
                  if (failure != null) {
                    LOG.error("round {}: commit failed", order.round(), failure);
                    happened(new RoundEvent.WorkFailed(CommitFailures.reasonOf(failure)));
                  } else {
                    committedRecord = record;
                    happened(
                        new RoundEvent.VersionCommitted(
                            record.committed().orElseThrow(IllegalStateException::new)));
                  }
                });
  }
}
