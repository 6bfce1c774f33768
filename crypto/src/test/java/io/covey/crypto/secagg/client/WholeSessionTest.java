package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.agent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.server.AdvertiseKeys;
import io.covey.crypto.secagg.server.DropReason;
import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.protocols.id.AgentId;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole sessions, with drops, repetitions and lies on the way to the coordinator; seed 815. */
class WholeSessionTest {
  private final WholeSession session = new WholeSession();

  @Test
  void withoutDropsTheSumIsThatOfEverybody() {
    session.requireSumOfAllBut(session.run());
    assertThat(session.dropped).isEmpty();
  }

  @Test
  void redeliveryOfEveryMessageChangesNothing() {
    session.everythingTwice = true;
    session.requireSumOfAllBut(session.run());
    assertThat(session.dropped).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aDropAtAnyStepLeavesAnExactSum(Stage at) {
    session.silentFrom.put(agent(3), at);
    ServerPhase end = session.run();
    assertThat(session.dropped).isEqualTo(Map.of(agent(3), DropReason.SILENT));
    if (at.compareTo(Stage.MASKED_INPUT) <= 0) {
      session.requireSumOfAllBut(end, 3);
    } else {
      // Its update was in the sum already; the others' shares take its mask off.
      session.requireSumOfAllBut(end);
    }
  }

  @Test
  void tooManyDropsAtEachStepFailByName() {
    Map<Stage, FailureReason> expected =
        Map.of(
            Stage.ADVERTISE_KEYS, FailureReason.COHORT_TOO_SMALL,
            Stage.SHARE_KEYS, FailureReason.COHORT_TOO_SMALL,
            Stage.MASKED_INPUT, FailureReason.TOO_FEW_SURVIVORS,
            Stage.CONSISTENCY_CHECK, FailureReason.TOO_FEW_CONFIRMATIONS,
            Stage.UNMASKING, FailureReason.SECRET_NOT_OPENED);
    expected.forEach(
        (at, reason) -> {
          WholeSession failing = new WholeSession();
          for (int i = 0; i < 3; i++) {
            failing.silentFrom.put(agent(i), at);
          }
          assertThat(failing.run()).isEqualTo(new ServerPhase.Failed(reason));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"ADVERTISE_KEYS", "MASKED_INPUT", "CONSISTENCY_CHECK"})
  void garbageSignaturesAreDroppedAndTheRestIsExact(Stage at) {
    session.lies.put(agent(2), event -> stageOf(event) == at ? withGarbageSignature(event) : event);
    ServerPhase end = session.run();
    assertThat(session.dropped).isEqualTo(Map.of(agent(2), DropReason.SIGNATURE_INVALID));
    if (at.compareTo(Stage.MASKED_INPUT) <= 0) {
      session.requireSumOfAllBut(end, 2);
    } else {
      session.requireSumOfAllBut(end);
    }
  }

  private static Stage stageOf(ServerEvent event) {
    if (event instanceof ServerEvent.Advertised) {
      return Stage.ADVERTISE_KEYS;
    }
    if (event instanceof ServerEvent.SharesReceived) {
      return Stage.SHARE_KEYS;
    }
    if (event instanceof ServerEvent.InputReceived) {
      return Stage.MASKED_INPUT;
    }
    return event instanceof ServerEvent.Confirmed ? Stage.CONSISTENCY_CHECK : Stage.UNMASKING;
  }

  private static ServerEvent withGarbageSignature(ServerEvent event) {
    Octets garbage = Octets.owning(new byte[64]);
    if (event instanceof ServerEvent.Advertised e) {
      return new ServerEvent.Advertised(e.message().signed(garbage));
    }
    if (event instanceof ServerEvent.InputReceived e) {
      return new ServerEvent.InputReceived(e.receipt().signed(garbage), e.arrived());
    }
    return new ServerEvent.Confirmed(((ServerEvent.Confirmed) event).message().signed(garbage));
  }

  @Test
  void aLiarAboutADroppedNeighbourIsNamedAndTheSumIsExact() {
    session.silentFrom.put(agent(7), Stage.MASKED_INPUT);
    session.lies.put(
        agent(1),
        event -> event instanceof ServerEvent.Answered a ? worsen(a, Side.MASK_KEY) : event);
    session.requireSumOfAllBut(session.run(), 7);
    assertThat(session.dropped)
        .isEqualTo(Map.of(agent(7), DropReason.SILENT, agent(1), DropReason.BAD_SHARE));
  }

  /** Each survivor has six other survivors, t is six, and one of them lies. */
  @Test
  void tooFewRightSharesFailByName() {
    session.silentFrom.put(agent(7), Stage.MASKED_INPUT);
    session.lies.put(
        agent(1),
        event -> event instanceof ServerEvent.Answered a ? worsen(a, Side.SELF_MASK) : event);
    assertThat(session.run()).isEqualTo(new ServerPhase.Failed(FailureReason.SECRET_NOT_OPENED));
  }

  /** Which of its shares a liar changes. */
  enum Side {
    SELF_MASK,
    MASK_KEY
  }

  @Test
  void aLiarIsNamedWhereEnoughOthersTellTheTruth() {
    AgentId liar = agent(1);
    session.lies.put(
        liar, event -> event instanceof ServerEvent.Answered a ? worsen(a, Side.SELF_MASK) : event);
    session.requireSumOfAllBut(session.run());
    assertThat(session.dropped).isEqualTo(Map.of(liar, DropReason.BAD_SHARE));
  }

  private ServerEvent worsen(ServerEvent.Answered answered, Side side) {
    UnmaskingShares message = answered.message();
    return new ServerEvent.Answered(
        new UnmaskingShares(
            message.session(),
            message.from(),
            side == Side.SELF_MASK ? flipped(message.selfMaskShares()) : message.selfMaskShares(),
            side == Side.MASK_KEY ? flipped(message.maskKeyShares()) : message.maskKeyShares()));
  }

  private static SortedMap<AgentId, SecretBytes> flipped(SortedMap<AgentId, SecretBytes> shares) {
    SortedMap<AgentId, SecretBytes> result = new TreeMap<>();
    shares.forEach(
        (owner, share) -> {
          byte[] bytes = share.reveal().clone();
          bytes[7] ^= 1;
          result.put(owner, SecretBytes.owning(bytes));
        });
    return result;
  }

  @Test
  void boxesForTheWrongNeighboursAreDropped() {
    session.lies.put(
        agent(4),
        event -> event instanceof ServerEvent.SharesReceived s ? withoutOneBox(s) : event);
    session.requireSumOfAllBut(session.run(), 4);
    assertThat(session.dropped).isEqualTo(Map.of(agent(4), DropReason.WRONG_BOXES));
  }

  private ServerEvent withoutOneBox(ServerEvent.SharesReceived received) {
    SealedShares message = received.message();
    SortedMap<AgentId, Octets> boxes = new TreeMap<>(message.boxes());
    boxes.remove(boxes.firstKey());
    return new ServerEvent.SharesReceived(
        new SealedShares(
            message.session(),
            message.from(),
            message.rosterRoot(),
            message.seedCommitment(),
            boxes));
  }

  @Test
  void sharesOtherThanThoseSignedForAreDroppedAndTheRestIsExact() {
    session.lies.put(
        agent(4),
        event ->
            event instanceof ServerEvent.SharesReceived s
                ? new ServerEvent.SharesReceived(withAnotherCommitment(s.message()))
                : event);
    session.requireSumOfAllBut(session.run(), 4);
    assertThat(session.dropped).isEqualTo(Map.of(agent(4), DropReason.SHARES_ALTERED));
  }

  private static SealedShares withAnotherCommitment(SealedShares message) {
    return new SealedShares(
        message.session(),
        message.from(),
        message.rosterRoot(),
        Octets.owning(new byte[32]),
        message.boxes());
  }

  @Test
  void chunksOtherThanThoseSignedForAreDroppedAndTheRestIsExact() {
    session.lies.put(
        agent(4),
        event ->
            event instanceof ServerEvent.InputReceived e
                ? new ServerEvent.InputReceived(e.receipt(), Octets.owning(new byte[32]))
                : event);
    session.requireSumOfAllBut(session.run(), 4);
    assertThat(session.dropped).isEqualTo(Map.of(agent(4), DropReason.WRONG_DIGEST));
  }

  @Test
  void aStaleDeadlineAndLostAgentsThatHaveAnsweredChangeNothing() {
    Step<ServerPhase, ServerEffect> step =
        AdvertiseKeys.begin(
            PlainSession.descriptor(), session.participants.primitives, session.participants.all());
    assertThat(step.next().on(new ServerEvent.DeadlineReached(Stage.UNMASKING)).next())
        .isSameAs(step.next());
    assertThat(step.next().on(new ServerEvent.AgentLost(agent(0))).effects())
        .containsExactly(new ServerEffect.Drop(agent(0), DropReason.LOST));
    assertThat(step.next().on(new ServerEvent.Cancelled()).next())
        .isEqualTo(new ServerPhase.Failed(FailureReason.CANCELLED));
  }

  /** It is lost after it has shared its keys; the later steps do not wait for it. */
  @Test
  void whoIsLostIsNotWaitedForInLaterSteps() {
    session.lostAfter.put(agent(3), Stage.SHARE_KEYS);
    session.requireSumOfAllBut(session.run(), 3);
    assertThat(session.dropped).isEqualTo(Map.of(agent(3), DropReason.LOST));
    assertThat(session.deadlinesReached).isZero();
  }

  @Test
  void whoIsLostAfterItsInputStaysInTheSum() {
    session.lostAfter.put(agent(3), Stage.MASKED_INPUT);
    session.requireSumOfAllBut(session.run());
    assertThat(session.dropped).isEqualTo(Map.of(agent(3), DropReason.LOST));
    assertThat(session.deadlinesReached).isZero();
  }

  @Test
  void aCohortOfOneCannotEvenBegin() {
    assertThatThrownBy(
            () ->
                AdvertiseKeys.begin(
                    PlainSession.descriptor(), session.participants.primitives, Set.of(agent(0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 participants invited, expected 6 to 8");
    assertThatThrownBy(() -> new SessionDescriptor.Cohort(1, 8, 7, 6))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
