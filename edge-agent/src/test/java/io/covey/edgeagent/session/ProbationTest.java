package io.covey.edgeagent.session;

import static io.covey.edgeagent.session.SessionFixtures.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.edgeagent.session.Probation.Judgement;
import io.covey.edgeagent.session.Probation.Terms;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProbationTest {
  private static final ModelManifest ONE = manifest("digits", 1);
  private static final ModelManifest TWO = manifest("digits", 2);
  private static final Terms TERMS = new Terms(Duration.ofMinutes(10), 3);
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private static final OptionalLong RELEASE = OptionalLong.of(5);

  private Probation probation =
      Probation.none().begun(TWO, Optional.of(ONE), RELEASE, NOW).switched(TWO, NOW);

  private Judgement fail(Instant at) {
    Judgement judgement = probation.failed(TWO.model(), TWO.version(), at, TERMS);
    probation = judgement.next();
    return judgement;
  }

  private Judgement start(boolean clean, Instant at) {
    Judgement judgement = probation.started(clean, at, TERMS);
    probation = judgement.next();
    return judgement;
  }

  @Test
  void theThirdFailureWithinTheTimeReturns() {
    assertThat(fail(NOW).verdicts()).isEmpty();
    assertThat(fail(NOW.plusSeconds(300)).verdicts()).isEmpty();
    Judgement judgement = fail(NOW.plusSeconds(599));
    assertThat(judgement.verdicts())
        .singleElement()
        .satisfies(
            verdict -> {
              assertThat(verdict.trial().version()).isEqualTo(TWO);
              assertThat(verdict.trial().previous()).contains(ONE);
              assertThat(verdict.returned())
                  .isEqualTo(
                      new ReturnedVersion(
                          TWO,
                          Optional.of(ONE),
                          RELEASE,
                          "returned to the version before: 3 inferences failed"));
            });
    assertThat(probation.trials()).isEmpty();
  }

  @Test
  void afterTheTimeFailuresDoNotCount() {
    fail(NOW);
    fail(NOW);
    assertThat(fail(NOW.plus(TERMS.period())).verdicts()).isEmpty();
    assertThat(probation.passed(NOW.plus(TERMS.period()), TERMS).trials()).isEmpty();
  }

  @Test
  void theTimeBeginsWithTheSwitch() {
    Instant later = NOW.plusSeconds(500);
    probation = probation.switched(TWO, later);
    assertThat(probation.passed(NOW.plus(TERMS.period()), TERMS).trials()).hasSize(1);
    assertThat(probation.passed(later.plus(TERMS.period()), TERMS).trials()).isEmpty();
  }

  @Test
  void failuresOfAnotherVersionDoNotCount() {
    for (int i = 0; i < 5; i++) {
      Judgement judgement = probation.failed(ONE.model(), ONE.version(), NOW, TERMS);
      assertThat(judgement.next()).isEqualTo(probation);
    }
  }

  @Test
  void aFirstVersionThatFailsStaysForThereIsNoOther() {
    probation = Probation.none().begun(TWO, Optional.empty(), RELEASE, NOW);
    for (int i = 0; i < 5; i++) {
      assertThat(fail(NOW).verdicts()).isEmpty();
    }
  }

  @Test
  void onlyEndsWithoutClosingCount() {
    assertThat(start(false, NOW).verdicts()).isEmpty();
    assertThat(start(true, NOW).verdicts()).isEmpty();
    assertThat(start(false, NOW).verdicts()).isEmpty();
    assertThat(start(false, NOW).verdicts()).hasSize(1);
    assertThat(probation.trials()).isEmpty();
    assertThat(probation.returned().get(TWO.model()))
        .isEqualTo(
            new ReturnedVersion(
                TWO,
                Optional.of(ONE),
                RELEASE,
                "returned to the version before: the agent's process ended 3 times without"
                    + " closing"));
  }

  @Test
  void whatWasReturnedFromDoesNotAnswerAgainIfTheProcessEndsBeforeThatIsNoted() {
    start(false, NOW);
    start(false, NOW);
    start(false, NOW);
    assertThat(probation.restored(List.of(TWO))).containsExactly(ONE);
    start(false, NOW);
    assertThat(probation.restored(List.of(TWO))).containsExactly(ONE);
    assertThat(probation.restored(List.of(ONE))).containsExactly(ONE);
    assertThat(probation.heldBack()).containsExactly(ONE);
  }

  @Test
  void aFirstVersionThatEndsTheProcessIsGivenUp() {
    probation = Probation.none().begun(TWO, Optional.empty(), RELEASE, NOW);
    start(false, NOW);
    start(false, NOW);
    assertThat(start(false, NOW).verdicts()).hasSize(1);
    assertThat(probation.restored(List.of(TWO))).isEmpty();
  }

  @Test
  void endsGoOnCountingWhenTheSameVersionIsLoadedAgain() {
    start(false, NOW);
    start(false, NOW);
    probation = probation.begun(TWO, Optional.of(ONE), RELEASE, NOW);
    assertThat(start(false, NOW).verdicts()).hasSize(1);
  }

  @Test
  void whatIsReleasedAnewWhileItIsTriedIsThatReleaseFromThenOn() {
    probation = probation.released(ONE, 9).released(TWO, 8).released(TWO, 6);
    fail(NOW);
    fail(NOW);
    assertThat(fail(NOW).verdicts())
        .singleElement()
        .satisfies(verdict -> assertThat(verdict.returned().release()).hasValue(8));
  }

  @Test
  void noMoreReturnsAreKeptThanModelsAndNoneThatIsNew() {
    for (int i = 0; i < Limits.MODELS_PER_AGENT; i++) {
      SortedMap<ModelName, ReturnedVersion> more = new TreeMap<>(probation.returned());
      ModelManifest other = manifest("a" + i, 1);
      more.put(other.model(), new ReturnedVersion(other, Optional.empty(), RELEASE, "it failed"));
      probation = probation.following(more);
    }
    start(false, NOW);
    start(false, NOW);
    start(false, NOW);
    assertThat(probation.returned()).hasSize(Limits.MODELS_PER_AGENT).containsKey(TWO.model());
  }

  @Test
  void failuresOfAnEarlierProcessDoNotCount() {
    fail(NOW);
    fail(NOW);
    start(true, NOW);
    assertThat(fail(NOW).verdicts()).isEmpty();
  }

  @Test
  void aClockThatWasSetBackDoesNotProlongTheTimeForEver() {
    Instant back = NOW.minus(Duration.ofDays(3650));
    start(true, back);
    assertThat(probation.passed(back.plus(TERMS.period()), TERMS).trials()).isEmpty();
  }

  @Test
  void withoutATimeThereIsNoProbation() {
    Terms none = new Terms(Duration.ZERO, 1);
    assertThat(probation.failed(TWO.model(), TWO.version(), NOW, none).verdicts()).isEmpty();
    assertThat(probation.started(false, NOW, none).verdicts()).isEmpty();
  }

  @Test
  void impossibleTermsAreRefused() {
    assertThatThrownBy(() -> new Terms(Duration.ofMinutes(1), 0))
        .hasMessageContaining("0 failures, expected at least 0 and 1");
  }
}
