package io.covey.coordinator.round;

import io.covey.coordinator.round.Cohort.Standing;
import io.covey.coordinator.round.RoundEvent.Deadline;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.RoundDeclined;
import java.util.ArrayList;
import java.util.List;

/** Agents train; their updates arrive and go into the sum one by one. */
public final class Training implements RoundPhase {
  private final RoundSetup setup;
  private final Cohort cohort;

  Training(RoundSetup setup, Cohort cohort) {
    this.setup = setup;
    this.cohort = cohort;
  }

  @Override
  public Step on(RoundEvent event) {
    if (event instanceof RoundEvent.ChunkReceived chunk) {
      return chunkReceived(chunk);
    }
    if (event instanceof RoundEvent.UpdateAdded added) {
      cohort.become(added.agent(), Standing.ADDED);
      return advance(List.of());
    }
    if (event instanceof RoundEvent.UpdateRejected rejected) {
      return drop(rejected.agent(), rejected.reason());
    }
    if (event instanceof RoundEvent.Declined declined) {
      return declined(declined);
    }
    if (event instanceof RoundEvent.AgentLost lost) {
      cohort.setPresent(lost.agent(), false);
      return advance(List.of());
    }
    if (event instanceof RoundEvent.AgentBack back) {
      cohort.setPresent(back.agent(), true);
      return Step.stay(this);
    }
    if (event instanceof RoundEvent.DeadlineReached reached
        && reached.deadline() == Deadline.REPORTING) {
      return closeReporting(List.of());
    }
    if (event instanceof RoundEvent.Cancelled) {
      return fail(FailureReason.CANCELLED, List.of());
    }
    return Step.stay(this);
  }

  private Step chunkReceived(RoundEvent.ChunkReceived chunk) {
    AgentId agent = chunk.agent();
    Standing standing = cohort.standing(agent).orElse(null);
    if (standing == null) {
      return refuse(agent, RefusalReason.FOREIGN);
    }
    if (standing == Standing.DROPPED) {
      return refuse(agent, RefusalReason.DROPPED);
    }
    boolean shaped = setup.hasShape(chunk.index(), chunk.count(), chunk.words());
    Sha256 known = shaped ? cohort.chunk(agent, chunk.index()) : null;
    if (chunk.fingerprint().equals(known)) {
      return refuse(agent, RefusalReason.DUPLICATE);
    }
    if (standing != Standing.INVITED) {
      // The first complete update stands: it may be in the sum already.
      return refuse(agent, RefusalReason.CONFLICTING);
    }
    if (!shaped) {
      return drop(agent, DropReason.WRONG_SHAPE);
    }
    if (known != null) {
      return drop(agent, DropReason.CONFLICTING_DUPLICATE);
    }
    return keep(chunk);
  }

  private Step keep(RoundEvent.ChunkReceived chunk) {
    AgentId agent = chunk.agent();
    RoundEffect keep = new RoundEffect.KeepChunk(agent, chunk.index());
    if (!cohort.holdChunk(agent, chunk.index(), chunk.fingerprint())) {
      return Step.of(this, keep);
    }
    cohort.become(agent, Standing.ADDING);
    return Step.of(this, keep, new RoundEffect.AddToSum(agent));
  }

  private Step declined(RoundEvent.Declined declined) {
    Standing standing = cohort.standing(declined.agent()).orElse(null);
    if (standing == null) {
      return refuse(declined.agent(), RefusalReason.FOREIGN);
    }
    if (standing != Standing.INVITED) {
      return refuse(declined.agent(), RefusalReason.DUPLICATE);
    }
    return drop(declined.agent(), reasonOf(declined.reason()));
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

  private Step refuse(AgentId agent, RefusalReason reason) {
    return Step.of(this, new RoundEffect.Refuse(agent, reason));
  }

  private Step drop(AgentId agent, DropReason reason) {
    cohort.become(agent, Standing.DROPPED);
    return advance(List.of(new RoundEffect.Drop(agent, reason)));
  }

  /** Goes on when nobody is left to wait for. */
  private Step advance(List<RoundEffect> effects) {
    int minimum = setup.plan().minimumReports();
    if (cohort.possibleReports() < minimum) {
      return fail(FailureReason.NOT_ENOUGH_REPORTS, effects);
    }
    int reports = cohort.count(Standing.ADDED) + cohort.count(Standing.ADDING);
    // An absent participant may come back before the deadline: it is waited for while it is needed.
    boolean nobodyToWaitFor =
        cohort.count(Standing.INVITED) == 0
            || (reports >= minimum && cohort.onlyAbsentAreMissing());
    return nobodyToWaitFor ? closeReporting(effects) : new Step(this, effects);
  }

  private Step closeReporting(List<RoundEffect> before) {
    List<RoundEffect> effects = new ArrayList<>(before);
    for (AgentId agent : cohort.with(Standing.INVITED)) {
      DropReason reason = cohort.isPresent(agent) ? DropReason.DEADLINE : DropReason.LOST;
      cohort.become(agent, Standing.DROPPED);
      effects.add(new RoundEffect.Drop(agent, reason));
    }
    return new Aggregating(setup.plan(), cohort).begin(effects);
  }

  private Step fail(FailureReason reason, List<RoundEffect> before) {
    List<RoundEffect> effects = new ArrayList<>(before);
    effects.add(new RoundEffect.Close(cohort.members(), false));
    return new Step(new Failed(reason), effects);
  }
}
