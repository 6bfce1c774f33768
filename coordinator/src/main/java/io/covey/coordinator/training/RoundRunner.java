package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.Fleet;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.round.Completed;
import io.covey.coordinator.round.DropReason;
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
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.time.Scheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shell around one round: hands events to the pure phases and carries their effects out.
 *
 * <p>Thread rule: the owner's scheduler only. Events that arise while effects are carried out wait
 * their turn, so that a phase sees one event at a time.
 */
final class RoundRunner {
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
  private final Scheduler scheduler;
  private final Fleet fleet;
  private final FleetMessenger messenger;
  private final Owner owner;
  private final UpdateCollector collector;
  private final RoundTally tally;
  private final List<Scheduler.Timer> timers = new ArrayList<>();
  private final Deque<RoundEvent> waiting = new ArrayDeque<>();
  private @Nullable RoundPhase phase;
  private boolean handling;
  private @Nullable UpdateChunk chunkInHand;
  private @Nullable AggregateUpdate aggregate;
  private @Nullable RoundRecord committedRecord;

  RoundRunner(
      RoundOrder order, Scheduler scheduler, Fleet fleet, FleetMessenger messenger, Owner owner) {
    this.order = order;
    this.scheduler = scheduler;
    this.fleet = fleet;
    this.messenger = messenger;
    this.owner = owner;
    this.collector = new UpdateCollector(scheduler, order.layout(), order.inFlightBytes());
    this.tally = new RoundTally(order.round(), order.number(), order.base(), scheduler.now());
  }

  void begin() {
    take(Selecting.begin(order.setup()));
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
      handle(
          new RoundEvent.CandidatesChanged(
              fleet.eligible(order.base().model(), order.base().version())));
    }
  }

  void agentChanged(AgentId agent, boolean online) {
    candidatesChanged();
    handle(online ? new RoundEvent.AgentBack(agent) : new RoundEvent.AgentLost(agent));
  }

  void chunkReceived(AgentId agent, UpdateChunk chunk) {
    ByteString words = chunk.words();
    tally.received(words.size());
    chunkInHand = chunk;
    handle(
        new RoundEvent.ChunkReceived(
            agent,
            chunk.index(),
            chunk.count(),
            words.size() / Long.BYTES,
            Sha256.of(words.asReadOnlyByteBuffer())));
    chunkInHand = null;
  }

  void declined(AgentId agent, RoundDeclined declined) {
    handle(new RoundEvent.Declined(agent, declined.reason()));
  }

  void cancel() {
    handle(new RoundEvent.Cancelled());
  }

  private void handle(RoundEvent event) {
    waiting.add(event);
    if (handling) {
      return;
    }
    handling = true;
    try {
      for (RoundEvent next = waiting.poll(); next != null; next = waiting.poll()) {
        if (phase != null) {
          take(phase.on(next));
        }
      }
    } finally {
      handling = false;
    }
  }

  private void take(Step step) {
    boolean wasOver = isOver();
    boolean moved = phase == null || phase.getClass() != step.next().getClass();
    phase = step.next();
    for (RoundEffect effect : step.effects()) {
      carryOut(effect);
    }
    if (!wasOver && isOver()) {
      end();
    } else if (moved || !step.effects().isEmpty()) {
      owner.progressed(tally.running(order.bytesDown(messenger)));
    }
  }

  private void end() {
    timers.forEach(Scheduler.Timer::cancel);
    if (phase instanceof Failed failed) {
      owner.ended(tally.failed(failed.reason(), order.bytesDown(messenger), scheduler.now()));
    } else if (committedRecord != null) {
      owner.ended(committedRecord);
    }
  }

  private void carryOut(RoundEffect effect) {
    if (effect instanceof RoundEffect.Invite invite) {
      tally.invited();
      var unused = messenger.sendPlan(invite.agent(), order.plan());
    } else if (effect instanceof RoundEffect.StartDeadline start) {
      timers.add(
          scheduler.schedule(
              start.period(), () -> handle(new RoundEvent.DeadlineReached(start.deadline()))));
    } else if (effect instanceof RoundEffect.KeepChunk keep) {
      keepChunk(keep.agent());
    } else if (effect instanceof RoundEffect.AddToSum add) {
      addToSum(add.agent());
    } else if (effect instanceof RoundEffect.Drop drop) {
      tally.dropped(drop.reason());
      collector.discard(drop.agent());
      LOG.debug("round {}: {} dropped, {}", order.round(), drop.agent(), drop.reason());
    } else if (effect instanceof RoundEffect.Refuse refuse) {
      owner.refused(refuse.reason());
    } else if (effect instanceof RoundEffect.OpenSum open) {
      openSum(open.reports());
    } else if (effect instanceof RoundEffect.Commit) {
      commit();
    } else if (effect instanceof RoundEffect.Close close) {
      RoundClosed closed = new RoundClosed(order.round(), close.committed());
      for (AgentId agent : close.agents()) {
        var unused = messenger.sendClosed(agent, closed);
      }
    }
  }

  private void keepChunk(AgentId agent) {
    UpdateChunk chunk = chunkInHand;
    if (chunk == null) {
      throw new IllegalStateException("no chunk at hand");
    }
    if (!collector.keep(agent, chunk.index(), chunk.count(), chunk.words())) {
      handle(new RoundEvent.UpdateRejected(agent, DropReason.IN_FLIGHT_LIMIT));
    }
  }

  private void addToSum(AgentId agent) {
    if (!collector.isComplete(agent)) {
      // There was no room for its last piece; the rejection is waiting its turn.
      return;
    }
    var unused =
        collector
            .addToSum(agent)
            .whenComplete(
                (refusal, failure) -> {
                  if (failure != null) {
                    LOG.error("round {}: an update could not be added", order.round(), failure);
                    handle(new RoundEvent.UpdateRejected(agent, DropReason.OUT_OF_RANGE));
                  } else {
                    handle(eventOf(agent, refusal));
                  }
                });
  }

  private RoundEvent eventOf(AgentId agent, Optional<DropReason> refusal) {
    if (refusal.isPresent()) {
      return new RoundEvent.UpdateRejected(agent, refusal.get());
    }
    tally.added();
    return new RoundEvent.UpdateAdded(agent);
  }

  private void openSum(int reports) {
    var unused =
        collector
            .open(reports)
            .whenComplete(
                (opened, failure) -> {
                  if (failure != null) {
                    LOG.warn("round {}: the sum is unusable", order.round(), failure);
                    handle(new RoundEvent.WorkFailed(FailureReason.UNUSABLE_AGGREGATE));
                  } else {
                    aggregate = opened;
                    handle(new RoundEvent.SumOpened());
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
                    handle(new RoundEvent.WorkFailed(CommitFailures.reasonOf(failure)));
                  } else {
                    committedRecord = record;
                    handle(
                        new RoundEvent.VersionCommitted(
                            record.committed().orElseThrow(IllegalStateException::new)));
                  }
                });
  }
}
