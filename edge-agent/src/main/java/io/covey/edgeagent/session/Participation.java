package io.covey.edgeagent.session;

import io.covey.edgeagent.session.ParticipationEvent.Obstacle;
import io.covey.edgeagent.session.RoundPhase.Idle;
import io.covey.edgeagent.session.RoundPhase.Preparing;
import io.covey.edgeagent.session.RoundPhase.Reporting;
import io.covey.edgeagent.session.RoundPhase.Training;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundDeclined.Reason;
import io.covey.protocols.message.RoundPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The agent's part in rounds, as one value: at most one round at a time.
 *
 * <table>
 * <caption>Transitions (events of any other round change nothing)</caption>
 * <tr><th>phase</th><th>event</th><th>next</th></tr>
 * <tr><td>Idle</td><td>Invited</td><td>Preparing, or Idle after a Decline</td></tr>
 * <tr><td>Preparing</td><td>BaseReady</td><td>Training</td></tr>
 * <tr><td>Training</td><td>Trained</td><td>Reporting</td></tr>
 * <tr><td>Reporting</td><td>Published</td><td>Idle</td></tr>
 * <tr><td>any but Idle</td><td>Failed</td><td>Idle, after Stop and Decline</td></tr>
 * <tr><td>any but Idle</td><td>DeadlineReached, Closed</td><td>Idle, after Stop</td></tr>
 * <tr><td>any but Idle</td><td>Invited to a later round of the model</td><td>as if Idle, after
 * Stop</td></tr>
 * <tr><td>any but Idle</td><td>Invited to any other round</td><td>the same, after
 * Decline(BUSY)</td></tr>
 * </table>
 *
 * <p>A model's rounds run one after the other. So an invitation to one more round of a model, from
 * the same base version or a later one, means that the round under way is over, although nobody
 * said so: a coordinator that was restarted does not know it any more. From an earlier base version
 * it is an old one that was overtaken.
 *
 * <p>An invitation to a round that the agent has seen before, finished or not, is a redelivery and
 * is ignored; so is one that arrives after the round's close. The last {@link #REMEMBERED_ROUNDS}
 * rounds are remembered.
 *
 * @param limits what the agent agrees to
 * @param phase the round under way
 * @param seen the latest rounds heard of, oldest first
 */
public record Participation(ParticipationLimits limits, RoundPhase phase, List<RoundId> seen) {

  public static final int REMEMBERED_ROUNDS = 128;

  public Participation {
    seen = List.copyOf(seen);
  }

  /** In no round, having heard of none. */
  public static Participation idle(ParticipationLimits limits) {
    return new Participation(limits, new Idle(), List.of());
  }

  /** The next state and what must happen. */
  public Step<Participation, ParticipationEffect> on(ParticipationEvent event) {
    return event.applyTo(this);
  }

  Step<Participation, ParticipationEffect> invited(RoundPlan plan, Optional<Obstacle> obstacle) {
    if (isIn(plan.round()) || seen.contains(plan.round())) {
      return Step.unchanged(this);
    }
    Optional<RoundPlan> current = phase.plannedBy();
    if (current.isPresent() && follows(plan, current.get())) {
      Step<Participation, ParticipationEffect> next = in(new Idle()).join(plan, obstacle);
      List<ParticipationEffect> effects = new ArrayList<>();
      effects.add(new ParticipationEffect.Stop(current.get().round()));
      effects.addAll(next.effects());
      return new Step<>(next.next(), effects);
    }
    return join(plan, obstacle);
  }

  private static boolean follows(RoundPlan plan, RoundPlan current) {
    ModelManifest base = plan.base();
    return base.model().equals(current.base().model())
        && base.version().compareTo(current.base().version()) >= 0;
  }

  private Step<Participation, ParticipationEffect> join(
      RoundPlan plan, Optional<Obstacle> obstacle) {
    Participation heard = remember(plan.round());
    Optional<Obstacle> reason =
        busy()
            .or(() -> limits.objection(plan).map(why -> new Obstacle(Reason.PLAN_REFUSED, why)))
            .or(() -> obstacle);
    if (reason.isPresent()) {
      return new Step<>(heard, List.of(decline(plan.round(), reason.get())));
    }
    return new Step<>(
        heard.in(new Preparing(plan)),
        List.of(
            new ParticipationEffect.StartDeadline(plan.round(), plan.longestDuration()),
            new ParticipationEffect.Prepare(plan)));
  }

  Step<Participation, ParticipationEffect> baseReady(RoundId round) {
    if (phase instanceof Preparing preparing && preparing.plan().round().equals(round)) {
      RoundPlan plan = preparing.plan();
      return new Step<>(in(new Training(plan)), List.of(new ParticipationEffect.Train(plan)));
    }
    return Step.unchanged(this);
  }

  Step<Participation, ParticipationEffect> trained(RoundId round) {
    if (phase instanceof Training training && training.plan().round().equals(round)) {
      return new Step<>(
          in(new Reporting(training.plan())), List.of(new ParticipationEffect.Publish(round)));
    }
    return Step.unchanged(this);
  }

  Step<Participation, ParticipationEffect> failed(RoundId round, Reason reason, String detail) {
    return over(
        round,
        List.of(new ParticipationEffect.Stop(round), decline(round, new Obstacle(reason, detail))));
  }

  Step<Participation, ParticipationEffect> stopped(RoundId round) {
    return over(round, List.of(new ParticipationEffect.Stop(round)));
  }

  Step<Participation, ParticipationEffect> closed(RoundId round) {
    return isIn(round) || seen.contains(round)
        ? stopped(round)
        : new Step<>(remember(round), List.of());
  }

  Step<Participation, ParticipationEffect> over(RoundId round, List<ParticipationEffect> effects) {
    return isIn(round) ? new Step<>(in(new Idle()), effects) : Step.unchanged(this);
  }

  private boolean isIn(RoundId round) {
    return phase.round().equals(Optional.of(round));
  }

  private Optional<Obstacle> busy() {
    return phase
        .round()
        .map(current -> new Obstacle(Reason.BUSY, "this agent is in round " + current));
  }

  private static ParticipationEffect decline(RoundId round, Obstacle why) {
    return new ParticipationEffect.Decline(new RoundDeclined(round, why.reason(), why.detail()));
  }

  private Participation in(RoundPhase next) {
    return new Participation(limits, next, seen);
  }

  private Participation remember(RoundId round) {
    List<RoundId> rounds = new ArrayList<>(seen);
    rounds.add(round);
    int surplus = Math.max(0, rounds.size() - REMEMBERED_ROUNDS);
    return new Participation(limits, phase, rounds.subList(surplus, rounds.size()));
  }
}
