package io.covey.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.RoundEvent.Deadline;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.RoundDeclined;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cohorts of 4 with at least 2 reports, updates of 25 words in chunks of 10. */
class RoundPhaseTest {
  private static final long SEED = 7;
  private static final Sha256 ONE = digest("one");
  private static final Sha256 OTHER = digest("other");

  private RoundPhase phase = new Failed(FailureReason.CANCELLED);
  private final List<RoundEffect> effects = new ArrayList<>();

  @BeforeEach
  void begin() {
    take(Selecting.begin(new RoundSetup(plan(), 25, 10, new SplittableRandom(SEED))));
  }

  @Test
  void aCohortOfTheWantedSizeIsDrawnAsSoonAsThereAreEnoughAgents() {
    on(new RoundEvent.CandidatesChanged(agents(3)));
    assertThat(phase).isInstanceOf(Selecting.class);
    on(new RoundEvent.CandidatesChanged(agents(10)));
    assertThat(phase).isInstanceOf(Training.class);
    assertThat(new HashSet<>(invited())).hasSize(4).isSubsetOf(agents(10));
  }

  @Test
  void theSameSeedDrawsTheSameCohortWhateverTheOrderOfTheSet() {
    Set<List<AgentId>> drawn = new HashSet<>();
    for (int run = 0; run < 5; run++) {
      effects.clear();
      begin();
      on(new RoundEvent.CandidatesChanged(agents(10)));
      drawn.add(invited());
    }
    assertThat(drawn).hasSize(1);
  }

  @Test
  void everyAgentIsDrawnEquallyOften() {
    int[] counts = new int[10];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 5000; round++) {
      effects.clear();
      take(Selecting.begin(new RoundSetup(plan(), 25, 10, random)));
      on(new RoundEvent.CandidatesChanged(agents(10)));
      invited().forEach(agent -> counts[Integer.parseInt(agent.value().substring(1))]++);
    }
    // Mean 2000, standard deviation sqrt(5000 * 0.4 * 0.6) = 34.6; five of them.
    assertThat(IntStream.of(counts).boxed()).allMatch(count -> count >= 1827 && count <= 2173);
  }

  @Test
  void theSelectionPeriodEndsWithASmallerCohortOrByName() {
    on(new RoundEvent.CandidatesChanged(agents(2)));
    on(new RoundEvent.DeadlineReached(Deadline.SELECTION));
    assertThat(invited()).hasSize(2);

    begin();
    on(new RoundEvent.CandidatesChanged(agents(1)));
    on(new RoundEvent.DeadlineReached(Deadline.SELECTION));
    assertThat(phase).isEqualTo(new Failed(FailureReason.NOT_ENOUGH_AGENTS));
  }

  @Test
  void aRoundInWhichEverybodyReportsCommits() {
    List<AgentId> cohort = select();
    cohort.forEach(this::report);
    assertThat(phase).isInstanceOf(Aggregating.class);
    assertThat(last()).isEqualTo(new RoundEffect.OpenSum(4));
    on(new RoundEvent.SumOpened());
    assertThat(last()).isEqualTo(new RoundEffect.Commit());
    on(new RoundEvent.VersionCommitted(new ModelVersion(2)));
    assertThat(phase).isEqualTo(new Completed(new ModelVersion(2)));
    assertThat(last()).isEqualTo(new RoundEffect.Close(cohort, true));
  }

  @Test
  void anUpdateGoesIntoTheSumOnceAllItsChunksAreHereInWhateverOrder() {
    AgentId agent = select().get(0);
    chunk(agent, 2, 5, ONE);
    chunk(agent, 0, 10, ONE);
    assertThat(effects).doesNotContain(new RoundEffect.AddToSum(agent));
    chunk(agent, 1, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.AddToSum(agent));
  }

  @Test
  void theDeadlineGoesOnWithThoseWhoReportedAndDropsTheOthersByReason() {
    List<AgentId> cohort = select();
    report(cohort.get(0));
    report(cohort.get(1));
    on(new RoundEvent.AgentLost(cohort.get(2)));
    on(new RoundEvent.DeadlineReached(Deadline.REPORTING));
    assertThat(effects)
        .contains(
            new RoundEffect.Drop(cohort.get(2), DropReason.LOST),
            new RoundEffect.Drop(cohort.get(3), DropReason.DEADLINE));
    assertThat(last()).isEqualTo(new RoundEffect.OpenSum(2));
  }

  @Test
  void aRoundThatMissesItsMinimumFailsByNameAndTellsItsCohort() {
    List<AgentId> cohort = select();
    report(cohort.get(0));
    on(new RoundEvent.DeadlineReached(Deadline.REPORTING));
    assertThat(phase).isEqualTo(new Failed(FailureReason.NOT_ENOUGH_REPORTS));
    assertThat(last()).isEqualTo(new RoundEffect.Close(cohort, false));
  }

  @Test
  void aRoundFailsAsSoonAsItsMinimumIsOutOfReach() {
    List<AgentId> cohort = select();
    cohort.subList(0, 3).forEach(a -> decline(a, RoundDeclined.Reason.BUSY));
    assertThat(phase).isEqualTo(new Failed(FailureReason.NOT_ENOUGH_REPORTS));
  }

  @Test
  void everyReasonToDeclineIsCountedUnderItsOwnName() {
    Set<DropReason> seen = new HashSet<>();
    for (RoundDeclined.Reason reason : RoundDeclined.Reason.values()) {
      begin();
      decline(select().get(0), reason);
      assertThat(last()).isInstanceOf(RoundEffect.Drop.class);
      seen.add(((RoundEffect.Drop) last()).reason());
    }
    assertThat(seen).hasSize(RoundDeclined.Reason.values().length);
  }

  @Test
  void absentParticipantsAreNotWaitedForOnceTheMinimumIsThere() {
    List<AgentId> cohort = select();
    report(cohort.get(0));
    on(new RoundEvent.AgentLost(cohort.get(2)));
    on(new RoundEvent.AgentLost(cohort.get(3)));
    assertThat(phase).isInstanceOf(Training.class);
    report(cohort.get(1));
    assertThat(last()).isEqualTo(new RoundEffect.OpenSum(2));
  }

  @Test
  void aParticipantThatComesBackInTimeIsInTheSum() {
    List<AgentId> cohort = select();
    on(new RoundEvent.AgentLost(cohort.get(0)));
    on(new RoundEvent.AgentBack(cohort.get(0)));
    cohort.forEach(this::report);
    assertThat(last()).isEqualTo(new RoundEffect.OpenSum(4));
  }

  @Test
  void redeliveredChunksAreIgnoredAndConflictingOnesDropTheirSender() {
    List<AgentId> cohort = select();
    AgentId agent = cohort.get(0);
    chunk(agent, 0, 10, ONE);
    chunk(agent, 0, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(agent, RefusalReason.DUPLICATE));
    chunk(agent, 0, 10, OTHER);
    assertThat(last()).isEqualTo(new RoundEffect.Drop(agent, DropReason.CONFLICTING_DUPLICATE));
    chunk(agent, 1, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(agent, RefusalReason.DROPPED));
  }

  @Test
  void theFirstCompleteUpdateStands() {
    AgentId agent = select().get(0);
    report(agent);
    chunk(agent, 0, 10, OTHER);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(agent, RefusalReason.CONFLICTING));
    chunk(agent, 0, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(agent, RefusalReason.DUPLICATE));
  }

  @Test
  void wronglyShapedUpdatesDropTheirSender() {
    int[][] shapes = {{0, 2, 10}, {0, 3, 9}, {2, 3, 10}, {0, 1, 25}, {2, 4, 5}};
    for (int[] shape : shapes) {
      begin();
      AgentId agent = select().get(0);
      on(new RoundEvent.ChunkReceived(agent, shape[0], shape[1], shape[2], ONE));
      assertThat(last()).isEqualTo(new RoundEffect.Drop(agent, DropReason.WRONG_SHAPE));
    }
  }

  @Test
  void foreignAndLateUpdatesAreRefused() {
    List<AgentId> cohort = select();
    AgentId stranger = new AgentId("stranger");
    chunk(stranger, 0, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(stranger, RefusalReason.FOREIGN));
    cohort.subList(0, 3).forEach(this::report);
    on(new RoundEvent.DeadlineReached(Deadline.REPORTING));
    AgentId late = cohort.get(3);
    chunk(late, 0, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(late, RefusalReason.LATE));
    on(new RoundEvent.SumOpened());
    chunk(late, 0, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(late, RefusalReason.LATE));
    on(new RoundEvent.VersionCommitted(new ModelVersion(2)));
    chunk(late, 0, 10, ONE);
    assertThat(last()).isEqualTo(new RoundEffect.Refuse(late, RefusalReason.LATE));
  }

  @Test
  void theSumIsOpenedOnlyWhenTheLastAdditionHasEnded() {
    List<AgentId> cohort = select();
    report(cohort.get(0));
    report(cohort.get(1));
    sendChunks(cohort.get(2));
    on(new RoundEvent.DeadlineReached(Deadline.REPORTING));
    assertThat(phase).isInstanceOf(Aggregating.class);
    assertThat(effects).noneMatch(RoundEffect.OpenSum.class::isInstance);
    on(new RoundEvent.UpdateRejected(cohort.get(2), DropReason.OUT_OF_RANGE));
    assertThat(last()).isEqualTo(new RoundEffect.OpenSum(2));
  }

  @Test
  void aStaleDeadlineIsHarmless() {
    select();
    RoundPhase before = phase;
    on(new RoundEvent.DeadlineReached(Deadline.SELECTION));
    assertThat(phase).isSameAs(before);
  }

  @Test
  void workThatFailsFailsTheRoundByName() {
    List<AgentId> cohort = select();
    cohort.forEach(this::report);
    on(new RoundEvent.WorkFailed(FailureReason.UNUSABLE_AGGREGATE));
    assertThat(phase).isEqualTo(new Failed(FailureReason.UNUSABLE_AGGREGATE));

    begin();
    select().forEach(this::report);
    on(new RoundEvent.SumOpened());
    on(new RoundEvent.WorkFailed(FailureReason.COMMIT_FAILED));
    assertThat(phase).isEqualTo(new Failed(FailureReason.COMMIT_FAILED));
  }

  @Test
  void aRoundCanBeCancelledUntilItCommits() {
    on(new RoundEvent.Cancelled());
    assertThat(phase).isEqualTo(new Failed(FailureReason.CANCELLED));
    begin();
    select();
    on(new RoundEvent.Cancelled());
    assertThat(phase).isEqualTo(new Failed(FailureReason.CANCELLED));
    begin();
    select().forEach(this::report);
    on(new RoundEvent.SumOpened());
    on(new RoundEvent.Cancelled());
    assertThat(phase).isInstanceOf(Committing.class);
  }

  private List<AgentId> select() {
    effects.clear();
    on(new RoundEvent.CandidatesChanged(agents(4)));
    return invited();
  }

  private void report(AgentId agent) {
    sendChunks(agent);
    on(new RoundEvent.UpdateAdded(agent));
  }

  private void sendChunks(AgentId agent) {
    chunk(agent, 0, 10, ONE);
    chunk(agent, 1, 10, ONE);
    chunk(agent, 2, 5, ONE);
  }

  private void chunk(AgentId agent, int index, int words, Sha256 fingerprint) {
    on(new RoundEvent.ChunkReceived(agent, index, 3, words, fingerprint));
  }

  private void decline(AgentId agent, RoundDeclined.Reason reason) {
    on(new RoundEvent.Declined(agent, reason));
  }

  private void on(RoundEvent event) {
    take(phase.on(event));
  }

  private void take(Step step) {
    phase = step.next();
    effects.addAll(step.effects());
  }

  private RoundEffect last() {
    return effects.get(effects.size() - 1);
  }

  private List<AgentId> invited() {
    return effects.stream()
        .filter(RoundEffect.Invite.class::isInstance)
        .map(effect -> ((RoundEffect.Invite) effect).agent())
        .toList();
  }

  private static Set<AgentId> agents(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new AgentId("a" + i))
        .collect(Collectors.toSet());
  }

  private static Sha256 digest(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static TrainingPlan plan() {
    return new TrainingPlan(
        4,
        2,
        new LocalTraining(1, 10, 0.1f, 0),
        12,
        1f,
        100,
        10f,
        ServerOptimization.fedAvg(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20));
  }
}
