package io.covey.edgeagent.session;

import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundDeclined.Reason;
import io.covey.protocols.message.RoundPlan;
import java.util.List;
import java.util.Optional;

/** What can happen to a {@link Participation}. */
public sealed interface ParticipationEvent {

  /** The answer of {@code participation} to this event. */
  Step<Participation, ParticipationEffect> applyTo(Participation participation);

  /**
   * The coordinator invites.
   *
   * @param obstacle why the agent cannot train at all just now; empty when it can
   */
  record Invited(RoundPlan plan, Optional<Obstacle> obstacle) implements ParticipationEvent {
    @Override
    public Step<Participation, ParticipationEffect> applyTo(Participation participation) {
      return participation.invited(plan, obstacle);
    }
  }

  /** A reason to decline that lies outside the plan, with words for people. */
  record Obstacle(Reason reason, String detail) {}

  /** The artifacts of the base version lie in the cache, checked. */
  record BaseReady(RoundId round) implements ParticipationEvent {
    @Override
    public Step<Participation, ParticipationEffect> applyTo(Participation participation) {
      return participation.baseReady(round);
    }
  }

  /** The update is computed and waits to be published or dropped. */
  record Trained(RoundId round) implements ParticipationEvent {
    @Override
    public Step<Participation, ParticipationEffect> applyTo(Participation participation) {
      return participation.trained(round);
    }
  }

  /** The broker has the whole update. */
  record Published(RoundId round) implements ParticipationEvent {
    @Override
    public Step<Participation, ParticipationEffect> applyTo(Participation participation) {
      return participation.over(round, List.of());
    }
  }

  /** A step failed for good. */
  record Failed(RoundId round, Reason reason, String detail) implements ParticipationEvent {
    @Override
    public Step<Participation, ParticipationEffect> applyTo(Participation participation) {
      return participation.failed(round, reason, detail);
    }
  }

  /** The reporting period of {@code round} has passed. */
  record DeadlineReached(RoundId round) implements ParticipationEvent {
    @Override
    public Step<Participation, ParticipationEffect> applyTo(Participation participation) {
      return participation.stopped(round);
    }
  }

  /** The coordinator has closed {@code round}. */
  record Closed(RoundId round) implements ParticipationEvent {
    @Override
    public Step<Participation, ParticipationEffect> applyTo(Participation participation) {
      return participation.closed(round);
    }
  }
}
