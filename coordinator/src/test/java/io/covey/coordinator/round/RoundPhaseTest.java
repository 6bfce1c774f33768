package io.covey.coordinator.round;

import static io.covey.coordinator.round.RoundUnderTest.COHORT;
import static io.covey.coordinator.round.RoundUnderTest.agents;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.server.SecretOpening;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.RoundDeclined;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is in a round, at which step it goes on without whom, and how it ends. */
class RoundPhaseTest {
  private static final long SEED = 7;

  private RoundUnderTest round = newRound();

  private static RoundUnderTest newRound() {
    return new RoundUnderTest(COHORT, new SplittableRandom(SEED));
  }

  @Test
  void aCohortOfTheWantedSizeIsDrawnAsSoonAsThereAreEnoughAgents() {
    round.on(new RoundEvent.CandidatesChanged(agents(6)));
    assertThat(round.phase).isInstanceOf(Selecting.class);
    round.on(new RoundEvent.CandidatesChanged(agents(10)));
    assertThat(round.phase).isInstanceOf(Summing.class);
    assertThat(new HashSet<>(round.invited())).hasSize(COHORT).isSubsetOf(agents(10));
  }

  @Test
  void theSameSeedDrawsTheSameCohortWhateverTheOrderOfTheSet() {
    Set<Set<AgentId>> drawn = new HashSet<>();
    for (int run = 0; run < 5; run++) {
      round = newRound();
      round.on(new RoundEvent.CandidatesChanged(agents(10)));
      drawn.add(new HashSet<>(round.invited()));
    }
    assertThat(drawn).hasSize(1);
  }

  @Test
  void everyAgentIsDrawnEquallyOften() {
    int[] counts = new int[10];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 5000; i++) {
      round = new RoundUnderTest(COHORT, random);
      round.on(new RoundEvent.CandidatesChanged(agents(10)));
      round.invited().forEach(agent -> counts[Integer.parseInt(agent.value().substring(1))]++);
    }
    // Mean 3500, standard deviation sqrt(5000 * 0.7 * 0.3) = 32.4; five of them.
    assertThat(IntStream.of(counts).boxed()).allMatch(count -> count >= 3338 && count <= 3662);
  }

  @Test
  void theSelectionPeriodEndsWithTheSmallestCohortThatCanOpenASumOrByName() {
    round.on(new RoundEvent.CandidatesChanged(agents(6)));
    round.on(new RoundEvent.SelectionOver());
    assertThat(round.invited()).hasSize(6);

    round = newRound();
    round.on(new RoundEvent.CandidatesChanged(agents(5)));
    round.on(new RoundEvent.SelectionOver());
    assertThat(round.phase).isEqualTo(new Failed(FailureReason.NOT_ENOUGH_AGENTS));
  }

  @Test
  void aRoundInWhichEverybodyAnswersCommits() {
    List<AgentId> cohort = round.selectAndBringTo(Stage.UNMASKING);
    assertThat(round.all(RoundEffect.Settle.class)).hasSize(COHORT);
    round.release(cohort);
    round.openSecrets();
    assertThat(round.phase).isInstanceOf(Aggregating.class);
    assertThat(round.last()).isEqualTo(new RoundEffect.OpenSum(COHORT));
    // A self mask of each; nobody dropped.
    assertThat(round.ofSession(ServerEffect.RemoveMasks.class).terms()).hasSize(COHORT);
    round.on(new RoundEvent.SumOpened());
    assertThat(round.last()).isEqualTo(new RoundEffect.Commit());
    round.on(new RoundEvent.VersionCommitted(new ModelVersion(2)));
    assertThat(round.phase).isEqualTo(new Completed(new ModelVersion(2)));
    RoundEffect.Close close = (RoundEffect.Close) round.last();
    assertThat(close.committed()).isTrue();
    assertThat(close.agents()).containsExactlyInAnyOrderElementsOf(cohort);
    assertThat(round.all(RoundEffect.Drop.class)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void eachStepHasItsPeriodAndTheOneThatTrainsHasTheReportingPeriod(Stage stage) {
    round.selectAndBringTo(stage);
    ServerEffect.StartDeadline started = round.ofSession(ServerEffect.StartDeadline.class);
    Duration expected =
        stage == Stage.MASKED_INPUT ? RoundUnderTest.REPORTING : RoundUnderTest.STEP;
    assertThat(started).isEqualTo(new ServerEffect.StartDeadline(stage, expected));
  }

  @ParameterizedTest
  @EnumSource
  void oneWhoIsSilentIsDroppedAtTheDeadlineAndTheOthersGoOn(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.answer(stage, cohort.subList(1, COHORT));
    round.deadline(stage);
    assertGoesOnWithout(cohort, stage, DropReason.DEADLINE);
  }

  @ParameterizedTest
  @EnumSource
  void oneWhoDeclinesIsNotWaitedFor(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.on(new RoundEvent.Declined(cohort.get(0), RoundDeclined.Reason.TRAINING_FAILED));
    round.answer(stage, cohort.subList(1, COHORT));
    assertGoesOnWithout(cohort, stage, DropReason.DECLINED_TRAINING_FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void oneWhoMisbehavesIsNotWaitedFor(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.answer(stage, cohort.subList(1, COHORT));
    round.on(new RoundEvent.Misbehaved(cohort.get(0), DropReason.WRONG_CONTEXT));
    assertGoesOnWithout(cohort, stage, DropReason.WRONG_CONTEXT);
  }

  @ParameterizedTest
  @EnumSource
  void oneWhoIsOfflineIsNotWaitedForOnceEnoughHaveAnswered(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.on(new RoundEvent.AgentLost(cohort.get(0)));
    round.answer(stage, cohort.subList(1, COHORT));
    assertGoesOnWithout(cohort, stage, DropReason.LOST);
  }

  @ParameterizedTest
  @EnumSource
  void oneWhoComesBackInTimeTakesPart(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.on(new RoundEvent.AgentLost(cohort.get(0)));
    round.on(new RoundEvent.AgentBack(cohort.get(0)));
    round.answer(stage, cohort.subList(1, COHORT));
    assertThat(round.all(RoundEffect.Drop.class)).isEmpty();
    round.answer(stage, cohort.subList(0, 1));
    finish(cohort, stage);
    assertThat(round.last()).isEqualTo(new RoundEffect.OpenSum(COHORT));
  }

  @ParameterizedTest
  @EnumSource
  void oneWhoLeavesAfterItHasAnsweredIsMissedInTheNextStep(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.answer(stage, cohort.subList(0, 1));
    round.on(new RoundEvent.Declined(cohort.get(0), RoundDeclined.Reason.BUSY));
    assertThat(round.all(RoundEffect.Drop.class)).isEmpty();
    round.answer(stage, cohort.subList(1, COHORT));
    finish(cohort.subList(1, COHORT), stage);
    int reports = stage.compareTo(Stage.MASKED_INPUT) >= 0 ? COHORT : COHORT - 1;
    assertThat(round.last()).isEqualTo(new RoundEffect.OpenSum(reports));
  }

  /** The first of the cohort is out; the rest answers whatever follows. */
  private void assertGoesOnWithout(List<AgentId> cohort, Stage stage, DropReason reason) {
    AgentId gone = cohort.get(0);
    boolean inSum = stage.compareTo(Stage.MASKED_INPUT) > 0;
    assertThat(round.effects)
        .contains(
            inSum ? new RoundEffect.Reproach(gone, reason) : new RoundEffect.Drop(gone, reason));
    assertThat(round.all(RoundEffect.Drop.class)).hasSize(inSum ? 0 : 1);
    finish(cohort.subList(1, COHORT), stage);
    assertThat(round.phase).isInstanceOf(Aggregating.class);
    assertThat(round.last()).isEqualTo(new RoundEffect.OpenSum(inSum ? COHORT : COHORT - 1));
  }

  /** Lets those who are left answer every step after one. */
  private void finish(List<AgentId> agents, Stage answered) {
    for (Stage stage : Stage.values()) {
      if (stage.compareTo(answered) > 0) {
        round.answer(stage, agents);
      }
    }
    round.openSecrets();
  }

  @Test
  void exactlyAsManyAsTheThresholdWantsOpenTheSum() {
    List<AgentId> cohort = round.selectAndBringTo(Stage.MASKED_INPUT);
    List<AgentId> six = cohort.subList(0, RoundUnderTest.THRESHOLD + 1);
    round.report(six);
    round.deadline(Stage.MASKED_INPUT);
    round.confirm(six);
    round.release(six);
    round.openSecrets();
    assertThat(round.last()).isEqualTo(new RoundEffect.OpenSum(6));
    // Six self masks, and the one who dropped had a mask with each of the six.
    assertThat(round.ofSession(ServerEffect.RemoveMasks.class).terms()).hasSize(12);
  }

  @ParameterizedTest
  @EnumSource
  void oneFewerFailsTheRoundByNameAndTellsItsCohort(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.answer(stage, cohort.subList(0, RoundUnderTest.THRESHOLD));
    round.deadline(stage);
    if (stage == Stage.SHARE_KEYS) {
      // Five have four neighbours each, and each is dropped for that.
      assertThat(round.effects)
          .contains(new RoundEffect.Drop(cohort.get(0), DropReason.TOO_FEW_NEIGHBOURS));
    }
    if (stage == Stage.UNMASKING) {
      round.openSecrets();
    }
    FailureReason expected =
        switch (stage) {
          case ADVERTISE_KEYS, SHARE_KEYS -> FailureReason.NOT_ENOUGH_REPORTS;
          case MASKED_INPUT -> FailureReason.TOO_FEW_SURVIVING_NEIGHBOURS;
          case CONSISTENCY_CHECK -> FailureReason.TOO_FEW_CONFIRMATIONS;
          case UNMASKING -> FailureReason.SECRET_NOT_OPENED;
        };
    assertFailed(expected, cohort);
  }

  @Test
  void fewerReportsThanTheMinimumFailTheRound() {
    List<AgentId> cohort = round.selectAndBringTo(Stage.MASKED_INPUT);
    round.report(cohort.subList(0, RoundUnderTest.MINIMUM_REPORTS - 1));
    round.deadline(Stage.MASKED_INPUT);
    assertFailed(FailureReason.NOT_ENOUGH_REPORTS, cohort);
  }

  @Test
  void everyReasonToDeclineIsCountedUnderItsOwnName() {
    Set<DropReason> seen = new HashSet<>();
    for (RoundDeclined.Reason reason : RoundDeclined.Reason.values()) {
      round = newRound();
      round.on(new RoundEvent.Declined(round.select().get(0), reason));
      seen.add(((RoundEffect.Drop) round.last()).reason());
    }
    assertThat(seen).hasSize(RoundDeclined.Reason.values().length);
  }

  @Test
  void whoIsNotInTheCohortCannotLeaveIt() {
    round.select();
    AgentId stranger = new AgentId("stranger");
    round.on(new RoundEvent.Declined(stranger, RoundDeclined.Reason.BUSY));
    assertThat(round.last()).isEqualTo(new RoundEffect.Refuse(stranger, RefusalReason.FOREIGN));
    assertThat(round.all(RoundEffect.Drop.class)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aDeadlineOfAnotherStepIsHarmless(Stage stage) {
    round.selectAndBringTo(stage);
    RoundPhase before = round.phase;
    round.on(new RoundEvent.SelectionOver());
    for (Stage other : Stage.values()) {
      if (other != stage) {
        round.deadline(other);
      }
    }
    assertThat(round.phase).isSameAs(before);
    assertThat(round.all(RoundEffect.Drop.class)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aRoundCanBeCancelledInEveryStep(Stage stage) {
    List<AgentId> cohort = round.selectAndBringTo(stage);
    round.on(new RoundEvent.Cancelled());
    assertFailed(FailureReason.CANCELLED, cohort);
  }

  @Test
  void aRoundCanBeCancelledUntilItCommits() {
    round.on(new RoundEvent.Cancelled());
    assertThat(round.phase).isEqualTo(new Failed(FailureReason.CANCELLED));
    round = newRound();
    aggregate();
    round.on(new RoundEvent.Cancelled());
    assertThat(round.phase).isEqualTo(new Failed(FailureReason.CANCELLED));
    round = newRound();
    aggregate();
    round.on(new RoundEvent.SumOpened());
    round.on(new RoundEvent.Cancelled());
    assertThat(round.phase).isInstanceOf(Committing.class);
  }

  @Test
  void workThatFailsFailsTheRoundByName() {
    List<AgentId> cohort = round.selectAndBringTo(Stage.UNMASKING);
    round.release(cohort);
    round.on(new RoundEvent.WorkFailed(FailureReason.INTERNAL_ERROR));
    assertFailed(FailureReason.INTERNAL_ERROR, cohort);

    round = newRound();
    aggregate();
    round.on(new RoundEvent.WorkFailed(FailureReason.UNUSABLE_AGGREGATE));
    assertThat(round.phase).isEqualTo(new Failed(FailureReason.UNUSABLE_AGGREGATE));

    round = newRound();
    aggregate();
    round.on(new RoundEvent.SumOpened());
    round.on(new RoundEvent.WorkFailed(FailureReason.COMMIT_FAILED));
    assertThat(round.phase).isEqualTo(new Failed(FailureReason.COMMIT_FAILED));
  }

  @Test
  void whateverHappensWhileSecretsAreOpenedDropsNobody() {
    List<AgentId> cohort = round.selectAndBringTo(Stage.UNMASKING);
    round.release(cohort);
    round.on(new RoundEvent.AgentLost(cohort.get(0)));
    round.on(new RoundEvent.Declined(cohort.get(1), RoundDeclined.Reason.BUSY));
    round.deadline(Stage.UNMASKING);
    round.on(new ServerEvent.DeadlineReached(Stage.UNMASKING));
    assertThat(round.phase).isInstanceOf(Summing.class);
    round.openSecrets();
    assertThat(round.last()).isEqualTo(new RoundEffect.OpenSum(COHORT));
    assertThat(round.all(RoundEffect.Reproach.class)).isEmpty();
  }

  @Test
  void secretsThatComeTooLateAreWiped() {
    List<AgentId> cohort = round.selectAndBringTo(Stage.UNMASKING);
    UnmaskingShares late = round.released(cohort.get(0));
    round.release(cohort.subList(1, COHORT));
    round.deadline(Stage.UNMASKING);
    SecretOpening.Result result = round.ofSession(ServerEffect.OpenSecrets.class).job().run();
    round.on(new RoundEvent.Cancelled());
    round.on(new ServerEvent.SecretsOpened(result));
    round.on(new ServerEvent.Answered(late));
    assertThat(result.terms()).isNotEmpty();
    for (MaskTerm term : result.terms()) {
      assertThatThrownBy(() -> term.seed().reveal()).isInstanceOf(IllegalStateException.class);
    }
    for (SecretBytes share : late.selfMaskShares().values()) {
      assertThatThrownBy(share::reveal).isInstanceOf(IllegalStateException.class);
    }
  }

  private void aggregate() {
    List<AgentId> cohort = round.selectAndBringTo(Stage.UNMASKING);
    round.release(cohort);
    round.openSecrets();
    assertThat(round.phase).isInstanceOf(Aggregating.class);
  }

  private void assertFailed(FailureReason reason, List<AgentId> cohort) {
    assertThat(round.phase).isEqualTo(new Failed(reason));
    RoundEffect.Close close = (RoundEffect.Close) round.last();
    assertThat(close.committed()).isFalse();
    assertThat(close.agents()).containsExactlyInAnyOrderElementsOf(cohort);
  }
}
