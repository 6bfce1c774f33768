package io.covey.edgeagent.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SayAgain;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.UploadGranted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundSessionTest {
  private static final long SEED = 11;
  private static final List<String> WHOLE_STORY =
      List.of(
          "KeysAdvertised",
          "SharesSealed",
          "InputReceipt",
          "UpdateChunk",
          "UpdateChunk",
          "SurvivorsConfirmed",
          "decided",
          "SharesReleased",
          "finished");

  @TempDir Path directory;

  private SessionFleet fleet = new SessionFleet(SEED);

  private void requireOpened(int survivors) {
    assertThat(fleet.coordinator.failure()).isEmpty();
    assertThat(fleet.coordinator.opened().orElseThrow()).hasSize(survivors);
    assertThat(SessionFleet.bytes(fleet.coordinator.sum()))
        .isEqualTo(SessionFleet.bytes(fleet.expectedSum()));
  }

  @Test
  void aCohortsSumOpensAndEverybodysSecretsAreGone() {
    fleet.run();
    requireOpened(SessionFleet.COHORT);
    for (Participant participant : fleet.participants.values()) {
      assertThat(participant.history).isEqualTo(WHOLE_STORY);
      assertThat(participant.secretsWiped()).isTrue();
    }
  }

  @Test
  void everyMessageTwiceInBothDirectionsChangesNothing() {
    fleet.down = (agent, message) -> List.of(message, message);
    fleet.up = (agent, message) -> List.of(message, message);
    fleet.run();
    requireOpened(SessionFleet.COHORT);
    fleet.participants.values().forEach(p -> assertThat(p.history).isEqualTo(WHOLE_STORY));
  }

  /** A copy of everything that was said so far arrives with every message. */
  @Test
  void everythingSaidBeforeOnceMoreAtEveryStepChangesNothing() {
    List<RoundMessage> said = new ArrayList<>();
    fleet.down =
        (agent, message) -> {
          if (!agent.equals(SessionFleet.VICTIM)) {
            return List.of(message);
          }
          List<RoundMessage> all = new ArrayList<>(said);
          said.add(message);
          all.add(message);
          return all;
        };
    fleet.run();
    requireOpened(SessionFleet.COHORT);
    assertThat(fleet.victim().history).isEqualTo(WHOLE_STORY);
  }

  /** Asked at any moment, a participant only repeats itself, and the coordinator knows it all. */
  @Test
  void sayingEverythingAgainAtEveryMomentChangesNothing() {
    fleet.begin();
    for (int i = 0; i < 300; i++) {
      fleet.time.runFor(Duration.ofMillis(20));
      if (i % 20 == 0) {
        fleet.victim().received(new SayAgain(SessionFleet.ROUND));
      }
    }
    fleet.time.runFor(Duration.ofMinutes(1));
    requireOpened(SessionFleet.COHORT);
    assertThat(fleet.victim().history.stream().distinct().toList())
        .isEqualTo(WHOLE_STORY.stream().distinct().toList());
    assertThat(fleet.victim().count(SharesSealed.class)).isGreaterThan(1);
  }

  @Test
  void aParticipantRepeatsItselfSoManyTimesAndNoMore() {
    fleet.down = (agent, message) -> message instanceof RosterPage ? List.of() : List.of(message);
    fleet.begin();
    fleet.time.runFor(Duration.ofSeconds(1));
    for (int i = 0; i < 100; i++) {
      fleet.victim().received(new SayAgain(SessionFleet.ROUND));
    }
    fleet.time.runFor(Duration.ofSeconds(1));
    assertThat(fleet.victim().count(KeysAdvertised.class)).isEqualTo(1 + Limits.REPETITIONS);
  }

  @Test
  void whatWasSaidLastIsStillThereWhenTheSessionIsOver() {
    RoundSession session = begunSession();
    assertThat(session.farewell()).isEmpty();
    fleet.time.runFor(Duration.ofMinutes(1));
    requireOpened(SessionFleet.COHORT);
    assertThat(session.farewell().orElseThrow()).isInstanceOf(SharesReleased.class);
  }

  private RoundSession begunSession() {
    fleet.begin();
    fleet.time.runFor(Duration.ofMillis(100));
    return fleet.victim().session();
  }

  @Test
  void maskingWaitsForTheUpdate() {
    fleet.victim().trainsForEver = true;
    fleet.begin();
    fleet.time.runFor(Duration.ofSeconds(20));
    assertThat(fleet.victim().history).containsExactly("KeysAdvertised", "SharesSealed");
    fleet.victim().updateReady();
    fleet.time.runFor(Duration.ofSeconds(20));
    requireOpened(SessionFleet.COHORT);
  }

  @Test
  void maskingWaitsForTheShares() {
    List<RoundMessage> held = new ArrayList<>();
    fleet.down =
        (agent, message) -> {
          boolean late = agent.equals(SessionFleet.VICTIM) && message instanceof SharesDelivered;
          if (late) {
            held.add(message);
          }
          return late ? List.of() : List.of(message);
        };
    fleet.begin();
    fleet.time.runFor(SessionFleet.TRAINING.multipliedBy(5));
    assertThat(fleet.victim().history).containsExactly("KeysAdvertised", "SharesSealed");
    held.forEach(fleet.victim()::received);
    fleet.time.runFor(Duration.ofSeconds(20));
    requireOpened(SessionFleet.COHORT);
  }

  @Test
  void nothingIsUploadedBeforeTheReceipt() {
    fleet.down =
        (agent, message) ->
            message instanceof RoundPlan || message instanceof UploadGranted
                ? List.of(message)
                : List.of(message, new UploadGranted(SessionFleet.ROUND));
    fleet.begin();
    // A grant at every moment, also between the masking and the receipt.
    for (int i = 0; i < 3000; i++) {
      fleet.time.runFor(Duration.ofMillis(1));
      fleet.victim().received(new UploadGranted(SessionFleet.ROUND));
    }
    fleet.time.runFor(Duration.ofMinutes(1));
    requireOpened(SessionFleet.COHORT);
    for (Participant participant : fleet.participants.values()) {
      assertThat(participant.history).isEqualTo(WHOLE_STORY);
    }
  }

  @Test
  void nothingIsSaidInAnswerToMessagesOfLaterSteps() {
    SessionFleet other = new SessionFleet(SEED);
    List<RoundMessage> later = new ArrayList<>();
    other.down =
        (agent, message) -> {
          if (agent.equals(SessionFleet.VICTIM) && !(message instanceof RoundPlan)) {
            later.add(message);
          }
          return List.of(message);
        };
    other.run();
    assertThat(later).hasSizeGreaterThanOrEqualTo(5);

    // Before the roster, and then before anything was shared.
    fleet.participants.keySet().retainAll(List.of(SessionFleet.VICTIM));
    fleet.victim().invited(fleet.plan);
    later.stream().filter(m -> !(m instanceof RosterPage)).forEach(fleet.victim()::received);
    fleet.time.runFor(Duration.ofSeconds(10));
    assertThat(fleet.victim().history).containsExactly("KeysAdvertised");
  }

  @Test
  void theDecisionIsOnTheDiskBeforeAnyShareIsPublished() {
    List<Integer> sizes = new ArrayList<>();
    FileDecisionLog log = (FileDecisionLog) FileDecisionLog.openOrRefuseAll(directory);
    Participant victim =
        fleet.join(SessionFleet.VICTIM, log, ParticipationLimits.DEFAULT_MINIMA, new Random(77));
    victim.beforePublishing =
        () -> {
          try {
            sizes.add((int) Files.size(directory.resolve(FileDecisionLog.FILE)));
          } catch (IOException e) {
            throw new AssertionError("the log of decisions is gone", e);
          }
        };
    fleet.run();
    assertThat(victim.history).isEqualTo(WHOLE_STORY);
    // A header until the last message, and a record then.
    assertThat(sizes.subList(0, sizes.size() - 1)).containsOnly(8);
    assertThat(sizes.get(sizes.size() - 1)).isEqualTo(8 + 68);
    log.close();
  }

  @Test
  void aRestartedAgentNeverAnswersASessionAgain() throws Exception {
    FileDecisionLog before = FileDecisionLog.open(directory);
    fleet.join(SessionFleet.VICTIM, before, ParticipationLimits.DEFAULT_MINIMA, new Random(1));
    fleet.run();
    requireOpened(SessionFleet.COHORT);
    before.close();

    // The coordinator runs the very session again, with everybody's keys made anew.
    SessionFleet again = new SessionFleet(SEED);
    assertThat(again.plan).isEqualTo(fleet.plan);
    FileDecisionLog after = FileDecisionLog.open(directory);
    Participant victim =
        again.join(SessionFleet.VICTIM, after, ParticipationLimits.DEFAULT_MINIMA, new Random(2));
    again.run();
    assertThat(victim.history).endsWith("decided before", "left ANSWERED_BEFORE");
    assertThat(victim.count(SharesReleased.class)).isZero();
    assertThat(victim.secretsWiped()).isTrue();
    after.close();
  }

  @Test
  void anAgentThatRestartsInTheMidstOfASessionSpoilsItForNobodyElse() {
    fleet.begin();
    fleet.time.runFor(Duration.ofSeconds(1));
    assertThat(fleet.victim().count(SharesSealed.class)).isEqualTo(1);
    // The process is gone; the plan is delivered once more, to one that has other keys.
    Participant old = fleet.victim();
    old.cancel();
    Participant reborn =
        fleet.join(
            SessionFleet.VICTIM,
            new InMemoryDecisionLog(),
            ParticipationLimits.DEFAULT_MINIMA,
            new Random(99));
    reborn.invited(fleet.plan);
    fleet.time.runFor(fleet.plan.longestDuration());
    requireOpened(SessionFleet.COHORT - 1);
    assertThat(old.secretsWiped()).isTrue();
    assertThat(reborn.count(KeysAdvertised.class)).isEqualTo(1);
    assertThat(reborn.count(SharesReleased.class)).isZero();
  }
}
