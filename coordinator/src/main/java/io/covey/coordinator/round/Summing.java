package io.covey.coordinator.round;

import io.covey.crypto.secagg.server.AdvertiseKeys;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.RoundDeclined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The cohort trains; beside the training it advertises keys and exchanges shares, and when an
 * update is ready it comes in masked and goes into the sum, which opens once the survivors have
 * agreed on who is in it. The session's own phases ({@code crypto.secagg.server}) decide; here
 * their effects become the round's, chunks are counted, and those who decline or stay away are told
 * to them.
 */
public final class Summing implements RoundPhase {
  private final RoundSetup setup;
  private final Set<AgentId> members;
  private final Uploads uploads;
  private final Set<AgentId> absent = new HashSet<>();
  private final Map<AgentId, DropReason> excluded = new HashMap<>();
  private ServerPhase session;

  private Summing(RoundSetup setup, List<AgentId> members, ServerPhase session) {
    this.setup = setup;
    this.members = Collections.unmodifiableSet(new LinkedHashSet<>(members));
    this.uploads = new Uploads(setup);
    this.session = session;
  }

  static Step begin(RoundSetup setup, List<AgentId> members) {
    var begun = AdvertiseKeys.begin(setup.descriptor(), setup.primitives(), new HashSet<>(members));
    Summing summing = new Summing(setup, members, begun.next());
    List<RoundEffect> effects = new ArrayList<>();
    begun.effects().forEach(effect -> summing.translate(effect, effects));
    return new Step(summing, effects);
  }

  @Override
  public Step on(RoundEvent event) {
    List<RoundEffect> effects = new ArrayList<>();
    if (event instanceof RoundEvent.OfSession of) {
      advance(of.event(), effects);
    } else if (event instanceof RoundEvent.ReceiptReceived receipt) {
      take(receipt.receipt().from(), takesInput(), uploads::receipt, receipt.receipt(), effects);
    } else if (event instanceof RoundEvent.ChunkReceived chunk) {
      take(chunk.agent(), takesInput(), uploads::chunk, chunk, effects);
    } else if (event instanceof RoundEvent.UploadWatched watched) {
      if (takesInput()) {
        carry(watched.agent(), uploads.watched(watched), effects);
      }
    } else if (event instanceof RoundEvent.Declined declined) {
      exclude(declined.agent(), reasonOf(declined.reason()), effects);
    } else if (event instanceof RoundEvent.Misbehaved misbehaved) {
      exclude(misbehaved.agent(), misbehaved.reason(), effects);
    } else if (event instanceof RoundEvent.AgentLost lost) {
      absent.add(lost.agent());
    } else if (event instanceof RoundEvent.AgentBack back) {
      absent.remove(back.agent());
    } else if (event instanceof RoundEvent.WorkFailed failed) {
      // It wipes what it holds.
      advance(new ServerEvent.Cancelled(), effects);
      return fail(failed.reason(), effects);
    } else if (event instanceof RoundEvent.Cancelled) {
      advance(new ServerEvent.Cancelled(), effects);
    }
    return end(effects);
  }

  private boolean takesInput() {
    return session.stage().equals(Optional.of(ServerEvent.Stage.MASKED_INPUT));
  }

  private <M> void take(
      AgentId agent,
      boolean inTime,
      Function<M, Uploads.Outcome> uploading,
      M message,
      List<RoundEffect> effects) {
    if (!members.contains(agent)) {
      effects.add(new RoundEffect.Refuse(agent, RefusalReason.FOREIGN));
    } else if (excluded.containsKey(agent)) {
      effects.add(new RoundEffect.Refuse(agent, RefusalReason.DROPPED));
    } else if (!inTime) {
      effects.add(new RoundEffect.Refuse(agent, RefusalReason.LATE));
    } else {
      carry(agent, uploading.apply(message), effects);
    }
  }

  private void carry(AgentId agent, Uploads.Outcome outcome, List<RoundEffect> effects) {
    effects.addAll(outcome.effects());
    outcome.complete().ifPresent(input -> advance(input, effects));
    outcome.fault().ifPresent(reason -> exclude(agent, reason, effects));
  }

  private void exclude(AgentId agent, DropReason reason, List<RoundEffect> effects) {
    if (!members.contains(agent)) {
      effects.add(new RoundEffect.Refuse(agent, RefusalReason.FOREIGN));
      return;
    }
    excluded.putIfAbsent(agent, reason);
  }

  private void advance(ServerEvent event, List<RoundEffect> effects) {
    var step = session.on(event);
    session = step.next();
    step.effects().forEach(effect -> translate(effect, effects));
  }

  /** Tells the session who will not answer, until nothing changes any more. */
  private Step end(List<RoundEffect> effects) {
    for (Set<AgentId> silent = hopeless(); !silent.isEmpty(); silent = hopeless()) {
      silent.forEach(agent -> advance(new ServerEvent.AgentLost(agent), effects));
    }
    if (session instanceof ServerPhase.Completed) {
      return new Step(new Aggregating(List.copyOf(members)), effects);
    }
    if (session instanceof ServerPhase.Failed failed) {
      return fail(reasonOf(failed.reason()), effects);
    }
    return new Step(this, effects);
  }

  private Step fail(FailureReason reason, List<RoundEffect> effects) {
    effects.add(new RoundEffect.Close(List.copyOf(members), false));
    return new Step(new Failed(reason), effects);
  }

  /**
   * Who is waited for in vain: those who left, and those who are offline once nobody else is waited
   * for and enough have answered. Until then they may come back before the deadline.
   */
  private Set<AgentId> hopeless() {
    if (excluded.isEmpty() && absent.isEmpty()) {
      // Most events of most rounds; the sets below are as large as the cohort.
      return Set.of();
    }
    Set<AgentId> awaited = session.awaited();
    Set<AgentId> gone = new TreeSet<>(awaited);
    gone.retainAll(excluded.keySet());
    if (gone.isEmpty()
        && absent.containsAll(awaited)
        && session.answered() >= setup.smallestCohort()) {
      return awaited;
    }
    return gone;
  }

  private void translate(ServerEffect effect, List<RoundEffect> effects) {
    if (effect instanceof ServerEffect.Offer offer) {
      offer.to().forEach(agent -> effects.add(new RoundEffect.Invite(agent)));
    } else if (effect instanceof ServerEffect.StartDeadline start) {
      effects.add(new RoundEffect.OfSession(withTimeToTrain(start)));
    } else if (effect instanceof ServerEffect.Include include) {
      effects.add(new RoundEffect.Settle(include.agent()));
      effects.addAll(uploads.include(include.agent()));
    } else if (effect instanceof ServerEffect.TakeBack back) {
      effects.add(new RoundEffect.TakeBack(back.agent()));
      effects.addAll(uploads.release(back.agent()));
    } else if (effect instanceof ServerEffect.Drop drop) {
      uploads.withdraw(drop.agent());
      effects.add(dropped(drop));
    } else if (effect instanceof ServerEffect.SumOpened opened) {
      effects.add(new RoundEffect.OpenSum(opened.survivors().size()));
    } else if (!(effect instanceof ServerEffect.Fail)) {
      effects.add(new RoundEffect.OfSession(effect));
    }
  }

  private ServerEffect withTimeToTrain(ServerEffect.StartDeadline start) {
    return start.stage() == ServerEvent.Stage.MASKED_INPUT
        ? new ServerEffect.StartDeadline(start.stage(), setup.plan().reportingPeriod())
        : start;
  }

  private RoundEffect dropped(ServerEffect.Drop drop) {
    AgentId agent = drop.agent();
    DropReason reason = excluded.getOrDefault(agent, DropReason.of(drop.reason()));
    if (reason == DropReason.DEADLINE && absent.contains(agent)) {
      reason = DropReason.LOST;
    }
    // Named for this message, before the session has moved on.
    excluded.putIfAbsent(agent, reason);
    return uploads.isIncluded(agent)
        ? new RoundEffect.Reproach(agent, reason)
        : new RoundEffect.Drop(agent, reason);
  }

  private static DropReason reasonOf(RoundDeclined.Reason reason) {
    return switch (reason) {
      case BUSY -> DropReason.DECLINED_BUSY;
      case NO_EXAMPLES -> DropReason.DECLINED_NO_EXAMPLES;
      case MODEL_UNAVAILABLE -> DropReason.DECLINED_MODEL_UNAVAILABLE;
      case PLAN_REFUSED -> DropReason.DECLINED_PLAN_REFUSED;
      case TRAINING_FAILED -> DropReason.DECLINED_TRAINING_FAILED;
    };
  }

  private static FailureReason reasonOf(io.covey.crypto.secagg.server.FailureReason reason) {
    return switch (reason) {
      case COHORT_TOO_SMALL, TOO_FEW_SURVIVORS -> FailureReason.NOT_ENOUGH_REPORTS;
      case TOO_FEW_SURVIVING_NEIGHBOURS -> FailureReason.TOO_FEW_SURVIVING_NEIGHBOURS;
      case TOO_FEW_CONFIRMATIONS -> FailureReason.TOO_FEW_CONFIRMATIONS;
      case SECRET_NOT_OPENED -> FailureReason.SECRET_NOT_OPENED;
      case CANCELLED -> FailureReason.CANCELLED;
    };
  }
}
