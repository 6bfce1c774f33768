package io.covey.edgeagent.session;

import static io.covey.edgeagent.session.SessionFixtures.encoding;
import static io.covey.edgeagent.session.SessionFixtures.manifest;
import static io.covey.edgeagent.session.SessionFixtures.plan;
import static io.covey.edgeagent.session.SessionFixtures.round;
import static io.covey.edgeagent.session.SessionFixtures.training;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.edgeagent.session.ParticipationEffect.Decline;
import io.covey.edgeagent.session.ParticipationEffect.Prepare;
import io.covey.edgeagent.session.ParticipationEffect.Publish;
import io.covey.edgeagent.session.ParticipationEffect.StartDeadline;
import io.covey.edgeagent.session.ParticipationEffect.Stop;
import io.covey.edgeagent.session.ParticipationEffect.Train;
import io.covey.edgeagent.session.ParticipationEvent.BaseReady;
import io.covey.edgeagent.session.ParticipationEvent.Closed;
import io.covey.edgeagent.session.ParticipationEvent.DeadlineReached;
import io.covey.edgeagent.session.ParticipationEvent.Failed;
import io.covey.edgeagent.session.ParticipationEvent.Invited;
import io.covey.edgeagent.session.ParticipationEvent.Obstacle;
import io.covey.edgeagent.session.ParticipationEvent.Published;
import io.covey.edgeagent.session.ParticipationEvent.Trained;
import io.covey.edgeagent.session.RoundPhase.Idle;
import io.covey.edgeagent.session.RoundPhase.Preparing;
import io.covey.edgeagent.session.RoundPhase.Reporting;
import io.covey.edgeagent.session.RoundPhase.Training;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundDeclined.Reason;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.UpdateEncoding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ParticipationTest {
  private Participation participation = Participation.idle(ParticipationLimits.DEFAULT);

  private List<ParticipationEffect> on(ParticipationEvent event) {
    Step<Participation, ParticipationEffect> step = participation.on(event);
    participation = step.next();
    return step.effects();
  }

  private List<ParticipationEffect> invite(RoundPlan plan) {
    return on(new Invited(plan, Optional.empty()));
  }

  private static Decline decline(int round, Reason reason, String detail) {
    return new Decline(new RoundDeclined(round(round), reason, detail));
  }

  @Test
  void aRoundGoesFromInvitationToReport() {
    assertThat(invite(plan(1)))
        // A minute to report, and ten seconds for each of the other four steps.
        .containsExactly(
            new StartDeadline(round(1), Duration.ofSeconds(100)), new Prepare(plan(1)));
    assertThat(participation.phase()).isEqualTo(new Preparing(plan(1)));
    assertThat(on(new BaseReady(round(1)))).containsExactly(new Train(plan(1)));
    assertThat(participation.phase()).isEqualTo(new Training(plan(1)));
    assertThat(on(new Trained(round(1)))).containsExactly(new Publish(round(1)));
    assertThat(participation.phase()).isEqualTo(new Reporting(plan(1)));
    assertThat(on(new Published(round(1)))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Idle());
  }

  @Test
  void aRedeliveredInvitationIsIgnoredAtEveryStep() {
    invite(plan(1));
    assertThat(invite(plan(1))).isEmpty();
    on(new BaseReady(round(1)));
    assertThat(invite(plan(1))).isEmpty();
    on(new Trained(round(1)));
    assertThat(invite(plan(1))).isEmpty();
    on(new Published(round(1)));
    assertThat(invite(plan(1))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Idle());
  }

  /** A round of another model. */
  private static RoundPlan foreign(int number) {
    return plan(number, manifest("letters", 1));
  }

  @Test
  void aRoundOfAnotherModelIsDeclinedWhileOneIsUnderWay() {
    invite(plan(1));
    assertThat(invite(foreign(2)))
        .containsExactly(decline(2, Reason.BUSY, "this agent is in round r1"));
    assertThat(participation.phase()).isEqualTo(new Preparing(plan(1)));
    on(new Closed(round(1)));
    // A declined round stays declined; the next one is joined.
    assertThat(invite(foreign(2))).isEmpty();
    assertThat(invite(foreign(3))).hasSize(2);
  }

  @Test
  void aLaterRoundOfTheSameModelReplacesTheOneUnderWayAtEveryStep() {
    invite(plan(1));
    replaces(2, 1);
    on(new BaseReady(round(2)));
    replaces(3, 2);
    on(new BaseReady(round(3)));
    on(new Trained(round(3)));
    replaces(4, 3);
    // Nothing that is left of the old rounds reaches the new one.
    assertThat(on(new Published(round(3)))).isEmpty();
    assertThat(on(new DeadlineReached(round(2)))).isEmpty();
    assertThat(on(new Failed(round(1), Reason.TRAINING_FAILED, ""))).isEmpty();
    assertThat(invite(plan(1))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Preparing(plan(4)));
  }

  private void replaces(int later, int earlier) {
    assertThat(invite(plan(later)))
        .containsExactly(
            new Stop(round(earlier)),
            new StartDeadline(round(later), plan(later).longestDuration()),
            new Prepare(plan(later)));
    assertThat(participation.phase()).isEqualTo(new Preparing(plan(later)));
  }

  @Test
  void aRoundFromALaterVersionReplacesTheOneUnderWayAndFromAnEarlierOneDoesNot() {
    RoundPlan fromThree = plan(1, manifest("digits", 3));
    RoundPlan fromFour = plan(2, manifest("digits", 4));
    invite(fromThree);
    assertThat(invite(fromFour)).hasSize(3).startsWith(new Stop(round(1)));
    // An invitation that was overtaken.
    assertThat(invite(plan(3, manifest("digits", 3))))
        .containsExactly(decline(3, Reason.BUSY, "this agent is in round r2"));
    assertThat(participation.phase()).isEqualTo(new Preparing(fromFour));
  }

  @Test
  void aLaterRoundEndsTheOneUnderWayAlsoWhenItIsRefused() {
    invite(plan(1));
    Obstacle none = new Obstacle(Reason.NO_EXAMPLES, "this agent has no examples");
    assertThat(on(new Invited(plan(2), Optional.of(none))))
        .containsExactly(
            new Stop(round(1)), decline(2, Reason.NO_EXAMPLES, "this agent has no examples"));
    assertThat(participation.phase()).isEqualTo(new Idle());
  }

  @Test
  void theCloseOfTheRoundStopsItAtEveryStep() {
    invite(plan(1));
    assertThat(on(new Closed(round(1)))).containsExactly(new Stop(round(1)));
    invite(plan(2));
    on(new BaseReady(round(2)));
    assertThat(on(new Closed(round(2)))).containsExactly(new Stop(round(2)));
    assertThat(on(new Trained(round(2)))).isEmpty();
    invite(plan(3));
    on(new BaseReady(round(3)));
    on(new Trained(round(3)));
    assertThat(on(new Closed(round(3)))).containsExactly(new Stop(round(3)));
    assertThat(on(new Published(round(3)))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Idle());
  }

  @Test
  void theDeadlineStopsTheRoundThatSetItAndNoOther() {
    invite(plan(1));
    on(new Closed(round(1)));
    invite(plan(2));
    assertThat(on(new DeadlineReached(round(1)))).isEmpty();
    assertThat(on(new DeadlineReached(round(2)))).containsExactly(new Stop(round(2)));
    assertThat(participation.phase()).isEqualTo(new Idle());
  }

  @Test
  void aCloseThatOvertakesItsInvitationKeepsTheAgentOut() {
    assertThat(on(new Closed(round(1)))).isEmpty();
    assertThat(invite(plan(1))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Idle());
  }

  @Test
  void aFailedStepIsToldToTheCoordinator() {
    invite(plan(1));
    assertThat(on(new Failed(round(1), Reason.MODEL_UNAVAILABLE, "gone")))
        .containsExactly(new Stop(round(1)), decline(1, Reason.MODEL_UNAVAILABLE, "gone"));
    assertThat(on(new Failed(round(1), Reason.TRAINING_FAILED, "again"))).isEmpty();
    invite(plan(2));
    on(new BaseReady(round(2)));
    assertThat(on(new Failed(round(2), Reason.TRAINING_FAILED, "y".repeat(2000))))
        .containsExactly(new Stop(round(2)), decline(2, Reason.TRAINING_FAILED, "y".repeat(256)));
  }

  @Test
  void answersOfEarlierRoundsAreStale() {
    invite(plan(1));
    on(new DeadlineReached(round(1)));
    invite(plan(2));
    assertThat(on(new BaseReady(round(1)))).isEmpty();
    assertThat(on(new Trained(round(1)))).isEmpty();
    assertThat(on(new Published(round(1)))).isEmpty();
    assertThat(on(new Failed(round(1), Reason.TRAINING_FAILED, ""))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Preparing(plan(2)));
  }

  @Test
  void answersThatSkipAStepAreIgnored() {
    invite(plan(1));
    assertThat(on(new Trained(round(1)))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Preparing(plan(1)));
    on(new BaseReady(round(1)));
    assertThat(on(new BaseReady(round(1)))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Training(plan(1)));
  }

  @Test
  void anAgentThatCannotTrainDeclines() {
    Obstacle none = new Obstacle(Reason.NO_EXAMPLES, "this agent has no examples");
    assertThat(on(new Invited(plan(1), Optional.of(none))))
        .containsExactly(decline(1, Reason.NO_EXAMPLES, "this agent has no examples"));
  }

  @Test
  void plansBeyondTheAgentsOwnLimitsAreRefusedWithTheReason() {
    refuses(plan(1, new LocalTraining(21, 20, 0.1f, 0), encoding(), 8), "epochs 21 exceeds");
    refuses(plan(2, new LocalTraining(1, 1025, 0.1f, 0), encoding(), 8), "batch size 1025 exceeds");
    refuses(plan(3, training(), bounded(100, 12, 21, 1e-4f), 8), "clip norm 1.0E-4 is outside");
    refuses(plan(4, training(), bounded(100, 12, 21, 2000f), 8), "clip norm 2000.0 is outside");
    refuses(plan(5, training(), bounded(20_000_001, 12, 21, 10), 8), "parameters 20000001 exc");
    RoundPlan alone = plan(7, training(), encoding(), 2);
    refuses(alone, "cohort 2 is below this agent's minimum of 3");
  }

  private static UpdateEncoding bounded(int parameters, int bits, int lane, float clip) {
    return new UpdateEncoding(parameters, bits, lane, clip, 1000, 10);
  }

  private void refuses(RoundPlan plan, String detail) {
    List<ParticipationEffect> effects = invite(plan);
    assertThat(effects).hasSize(1);
    RoundDeclined message = ((Decline) effects.get(0)).message();
    assertThat(message.reason()).isEqualTo(Reason.PLAN_REFUSED);
    assertThat(message.detail()).startsWith(detail);
    assertThat(participation.phase()).isEqualTo(new Idle());
  }

  @Test
  void onlyTheLatestRoundsAreRemembered() {
    for (int i = 0; i < 1000; i++) {
      on(new Closed(round(i)));
    }
    assertThat(participation.seen()).hasSize(Participation.REMEMBERED_ROUNDS);
    assertThat(participation.seen()).contains(round(999)).doesNotContain(round(0));
  }

  @Test
  void manyDeclinedRoundsDoNotMakeTheAgentForgetItsOwn() {
    invite(plan(1));
    for (int i = 2; i < 500; i++) {
      invite(foreign(i));
    }
    assertThat(invite(plan(1))).isEmpty();
    assertThat(participation.phase()).isEqualTo(new Preparing(plan(1)));
  }

  @Test
  void limitsThatCannotHoldAreRefused() {
    assertThatThrownBy(() -> new ParticipationLimits(1, 1, 0, 1, 1, 1))
        .hasMessage("minimum cohort is 0, expected at least 1");
    assertThatThrownBy(() -> new ParticipationLimits(1, 1, 1, 2, 1, 1))
        .hasMessageContaining("clip norm range");
    assertThatThrownBy(() -> new ParticipationLimits(1, 1, 1, Float.NaN, 1, 1))
        .hasMessageContaining("clip norm range");
  }
}
