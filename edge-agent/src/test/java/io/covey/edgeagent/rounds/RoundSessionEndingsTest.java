package io.covey.edgeagent.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.secagg.server.DropReason;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.InputReceipt;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.SurvivorsConfirmed;
import io.covey.protocols.message.UnmaskingRequested;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.message.UploadGranted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

/** Sessions that end otherwise than by an answer. */
class RoundSessionEndingsTest {
  private static final long SEED = 11;

  /** What a participant says, decides and ends with in a whole session. */
  private static final int STEPS = 9;

  private SessionFleet fleet = new SessionFleet(SEED);

  /** Whatever is lost for good, nobody waits for ever, and what opens is right. */
  @Test
  void everyMessageThatIsLostForGoodEndsOrIsMadeUpFor() {
    List<Class<? extends RoundMessage>> down =
        List.of(
            RoundPlan.class,
            RosterPage.class,
            SharesDelivered.class,
            UploadGranted.class,
            SurvivorsAnnounced.class,
            UnmaskingRequested.class);
    List<Class<? extends RoundMessage>> up =
        List.of(
            KeysAdvertised.class,
            SharesSealed.class,
            InputReceipt.class,
            UpdateChunk.class,
            SurvivorsConfirmed.class,
            SharesReleased.class);
    for (Class<? extends RoundMessage> lost : concat(down, up)) {
      fleet = new SessionFleet(SEED);
      fleet.down = losing(lost);
      fleet.up = losing(lost);
      fleet.run();
      assertThat(fleet.coordinator.opened()).as("without %s", lost.getSimpleName()).isPresent();
      assertThat(SessionFleet.bytes(fleet.coordinator.sum()))
          .isEqualTo(SessionFleet.bytes(fleet.expectedSum()));
      fleet.participants.values().stream()
          .filter(participant -> !participant.history.isEmpty())
          .forEach(participant -> assertThat(participant.secretsWiped()).isTrue());
    }
  }

  private static <T> List<T> concat(List<T> a, List<T> b) {
    List<T> all = new ArrayList<>(a);
    all.addAll(b);
    return all;
  }

  private static BiFunction<AgentId, RoundMessage, List<RoundMessage>> losing(
      Class<? extends RoundMessage> lost) {
    return (agent, message) ->
        agent.equals(SessionFleet.VICTIM) && lost.isInstance(message)
            ? List.of()
            : List.of(message);
  }

  @Test
  void aSessionThatIsCancelledAtAnyMomentSaysNothingMoreAndWipesItsSecrets() {
    fleet.run();
    List<Duration> moments = new ArrayList<>();
    for (Instant moment : fleet.victim().moments) {
      Duration passed = Duration.between(Instant.EPOCH, moment);
      // While the worker is at it, and when it is done.
      moments.add(passed.minus(Duration.ofNanos(1)));
      moments.add(passed);
    }
    long underWay = moments.stream().distinct().filter(this::isUnderWayAndEndsAt).count();
    assertThat(underWay).isGreaterThan(STEPS);
  }

  /** False if there was nothing to cancel. */
  private boolean isUnderWayAndEndsAt(Duration moment) {
    SessionFleet cancelled = new SessionFleet(SEED);
    cancelled.begin();
    cancelled.time.runFor(moment);
    Participant victim = cancelled.victim();
    List<String> before = List.copyOf(victim.history);
    if (!victim.hasBegun() || victim.end().equals("finished")) {
      return false;
    }
    victim.cancel();
    cancelled.time.runFor(cancelled.plan.longestDuration());
    assertThat(victim.history)
        .as("cancelled after %s", moment)
        .filteredOn(entry -> !entry.startsWith("decided"))
        .isEqualTo(before.stream().filter(entry -> !entry.startsWith("decided")).toList());
    assertThat(victim.secretsWiped()).isTrue();
    return true;
  }

  @Test
  void anUpdateThatWaitsForItsMasksIsOverwrittenWhenTheSessionEnds() {
    fleet.down = losing(SharesDelivered.class);
    fleet.begin();
    fleet.time.runFor(SessionFleet.TRAINING.plusSeconds(5));
    assertThat(fleet.victim().plainUpdateIsThere()).isTrue();
    fleet.victim().cancel();
    assertThat(fleet.victim().plainUpdateIsThere()).isFalse();
  }

  @Test
  void whatCannotBeSentIsDeclinedAndNotTriedAgain() {
    fleet.begin();
    fleet.time.runFor(Duration.ofSeconds(1));
    fleet.victim().linkBroken = true;
    fleet.time.runFor(fleet.plan.longestDuration());
    assertThat(fleet.victim().end())
        .isEqualTo("failed InputReceipt did not reach the broker: the link is broken");
    assertThat(fleet.victim().secretsWiped()).isTrue();
    assertThat(fleet.coordinator.opened().orElseThrow()).hasSize(SessionFleet.COHORT - 1);
    assertThat(fleet.coordinator.dropped())
        .containsExactly(Map.entry(SessionFleet.VICTIM, DropReason.SILENT));
  }

  /** Nobody waits for the stage in which it is thrown, so it must not be lost with it. */
  @Test
  void aDefectThatIsThrownWhileAnEffectIsCarriedOutEndsTheSessionAtOnce() {
    fleet.victim().beforePublishing =
        () -> {
          throw new AssertionError("no such topic");
        };
    fleet.begin();
    fleet.time.runFor(Duration.ofMillis(10));
    assertThat(fleet.victim().history)
        .containsExactly("failed a defect ended the session; this agent's log says which");
    assertThat(fleet.victim().secretsWiped()).isTrue();
  }

  @Test
  void aCoordinatorThatSaysMoreThanASessionHasToSayIsLeft() {
    fleet.begin();
    fleet.time.runFor(Duration.ofSeconds(1));
    SharesDelivered empty =
        new SharesDelivered(SessionFleet.ROUND, ByteString.copyFrom(new byte[32]), List.of());
    for (int i = 0; i < 1000; i++) {
      fleet.victim().received(empty);
    }
    fleet.time.runFor(fleet.plan.longestDuration());
    assertThat(fleet.victim().end())
        .isEqualTo("failed the coordinator says more than a session has to say");
    assertThat(fleet.victim().secretsWiped()).isTrue();
  }
}
