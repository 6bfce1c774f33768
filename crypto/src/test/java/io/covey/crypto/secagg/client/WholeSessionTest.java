package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainCoordinator.agent;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.crypto.secagg.server.AdvertiseKeys;
import io.covey.crypto.secagg.server.DropReason;
import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both sides together in memory; seed 815. A step's deadline comes when nobody has more to say. */
class WholeSessionTest {
  private final PlainCoordinator participants = new PlainCoordinator(815);
  private final MaskExpander expander = new MaskExpander(Prg.aesCtr());
  private final ModularVector sum = participants.sum;
  private final Map<AgentId, long[]> masked = new HashMap<>();
  private final Map<AgentId, Stage> silentFrom = new HashMap<>();
  private final Map<AgentId, UnaryOperator<ServerEvent>> lies = new HashMap<>();
  private final Map<AgentId, DropReason> dropped = new TreeMap<>();
  private final Deque<ServerEvent> inbox = new ArrayDeque<>();
  private boolean everythingTwice;
  private Stage stage = Stage.ADVERTISE_KEYS;

  private ServerPhase run() {
    SessionDescriptor descriptor = PlainCoordinator.descriptor();
    Step<ServerPhase, ServerEffect> step =
        AdvertiseKeys.begin(descriptor, participants.primitives, participants.all());
    ServerPhase phase = step.next();
    step.effects().forEach(this::perform);
    while (!(phase instanceof ServerPhase.Completed) && !(phase instanceof ServerPhase.Failed)) {
      ServerEvent event = inbox.isEmpty() ? new ServerEvent.DeadlineReached(stage) : inbox.poll();
      step = phase.on(event);
      phase = step.next();
      step.effects().forEach(this::perform);
    }
    return phase;
  }

  private void perform(ServerEffect effect) {
    if (effect instanceof ServerEffect.StartDeadline deadline) {
      stage = deadline.stage();
    } else if (effect instanceof ServerEffect.Offer offer) {
      ClientEvent event = participants.offer(PlainCoordinator.descriptor());
      offer.to().forEach(to -> tell(to, event));
    } else if (effect instanceof ServerEffect.SendRoster roster) {
      roster
          .roster()
          .entries()
          .forEach(e -> tell(e.from(), new ClientEvent.RosterReceived(roster.roster())));
    } else if (effect instanceof ServerEffect.DeliverShares shares) {
      tell(shares.to(), new ClientEvent.SharesDelivered(shares.boxes()));
    } else if (effect instanceof ServerEffect.AnnounceSurvivors announce) {
      ClientEvent event = new ClientEvent.SurvivorsAnnounced(announce.survivors());
      announce.survivors().survivors().forEach(to -> tell(to, event));
    } else if (effect instanceof ServerEffect.RequestUnmasking request) {
      tell(request.to(), new ClientEvent.UnmaskingRequested(request.confirmations()));
    } else {
      performOnSum(effect);
    }
  }

  private void performOnSum(ServerEffect effect) {
    if (effect instanceof ServerEffect.Include include) {
      sum.add(requireNonNull(masked.get(include.agent())));
    } else if (effect instanceof ServerEffect.Drop drop) {
      dropped.put(drop.agent(), drop.reason());
    } else if (effect instanceof ServerEffect.OpenSecrets open) {
      inbox.add(new ServerEvent.SecretsOpened(open.job().run()));
    } else if (effect instanceof ServerEffect.RemoveMasks remove) {
      remove.terms().forEach(term -> expander.apply(term, sum));
    }
  }

  private void tell(AgentId agent, ClientEvent event) {
    for (ClientEffect effect : participants.tell(agent, event)) {
      answer(agent, effect);
    }
    if (everythingTwice && event instanceof ClientEvent.Received) {
      assertThat(participants.tell(agent, event)).isEmpty();
    }
  }

  private void answer(AgentId agent, ClientEffect effect) {
    if (effect instanceof ClientEffect.SendAdvertisement send) {
      send(agent, Stage.ADVERTISE_KEYS, new ServerEvent.Advertised(send.message()));
    } else if (effect instanceof ClientEffect.SendShares send) {
      send(agent, Stage.SHARE_KEYS, new ServerEvent.SharesReceived(send.message()));
    } else if (effect instanceof ClientEffect.Mask mask) {
      mask(agent, mask);
    } else if (effect instanceof ClientEffect.SendInput send) {
      Octets arrived = digestOf(requireNonNull(masked.get(agent)));
      send(agent, Stage.MASKED_INPUT, new ServerEvent.InputReceived(send.receipt(), arrived));
    } else if (effect instanceof ClientEffect.SendConfirmation send) {
      send(agent, Stage.CONSISTENCY_CHECK, new ServerEvent.Confirmed(send.message()));
    } else if (effect instanceof ClientEffect.PersistDecision decision) {
      tell(agent, new ClientEvent.DecisionPersisted(decision.session()));
    } else if (effect instanceof ClientEffect.SendUnmasking send) {
      send(agent, Stage.UNMASKING, new ServerEvent.Answered(send.message()));
    }
  }

  private void mask(AgentId agent, ClientEffect.Mask mask) {
    ModularVector vector = new ModularVector(mask.words());
    vector.add(requireNonNull(participants.inputs.get(agent)));
    for (MaskTerm term : mask.terms()) {
      expander.apply(term, vector);
    }
    long[] words = new long[mask.words()];
    vector.copyTo(0, words.length, words);
    masked.put(agent, words);
    tell(agent, new ClientEvent.InputMasked(words.length, digestOf(words)));
  }

  private static Octets digestOf(long[] words) {
    List<Sha256> chunks = new ArrayList<>();
    for (int from = 0; from < words.length; from += PlainCoordinator.CHUNK_WORDS) {
      int count = Math.min(PlainCoordinator.CHUNK_WORDS, words.length - from);
      ByteBuffer chunk = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      chunk.asLongBuffer().put(words, from, count);
      chunks.add(Sha256.of(chunk));
    }
    return VectorDigest.of(chunks);
  }

  private void send(AgentId agent, Stage at, ServerEvent event) {
    Stage silent = silentFrom.get(agent);
    if (silent == null || silent.compareTo(at) > 0) {
      ServerEvent told = lies.getOrDefault(agent, e -> e).apply(event);
      inbox.add(told);
      if (everythingTwice) {
        inbox.add(told);
      }
    }
  }

  private void requireSumOfAllBut(ServerPhase end, int... missing) {
    Set<AgentId> included = participants.allBut(missing);
    assertThat(end).isEqualTo(new ServerPhase.Completed(new TreeSet<>(included)));
    participants.requireExactSumOf(included);
  }

  @Test
  void withoutDropsTheSumIsThatOfEverybody() {
    requireSumOfAllBut(run());
    assertThat(dropped).isEmpty();
  }

  @Test
  void redeliveryOfEveryMessageChangesNothing() {
    everythingTwice = true;
    requireSumOfAllBut(run());
    assertThat(dropped).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aDropAtAnyStepLeavesAnExactSum(Stage at) {
    silentFrom.put(agent(3), at);
    ServerPhase end = run();
    assertThat(dropped).isEqualTo(Map.of(agent(3), DropReason.SILENT));
    if (at.compareTo(Stage.MASKED_INPUT) <= 0) {
      requireSumOfAllBut(end, 3);
    } else {
      // Its update was in the sum already; the others' shares take its mask off.
      requireSumOfAllBut(end);
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
          WholeSessionTest session = new WholeSessionTest();
          for (int i = 0; i < 3; i++) {
            session.silentFrom.put(agent(i), at);
          }
          assertThat(session.run()).isEqualTo(new ServerPhase.Failed(reason));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"ADVERTISE_KEYS", "MASKED_INPUT", "CONSISTENCY_CHECK"})
  void garbageSignaturesAreDroppedAndTheRestIsExact(Stage at) {
    lies.put(agent(2), event -> stageOf(event) == at ? withGarbageSignature(event) : event);
    ServerPhase end = run();
    assertThat(dropped).isEqualTo(Map.of(agent(2), DropReason.SIGNATURE_INVALID));
    if (at.compareTo(Stage.MASKED_INPUT) <= 0) {
      requireSumOfAllBut(end, 2);
    } else {
      requireSumOfAllBut(end);
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
    silentFrom.put(agent(7), Stage.MASKED_INPUT);
    lies.put(
        agent(1),
        event -> event instanceof ServerEvent.Answered a ? worsen(a, Side.MASK_KEY) : event);
    requireSumOfAllBut(run(), 7);
    assertThat(dropped)
        .isEqualTo(Map.of(agent(7), DropReason.SILENT, agent(1), DropReason.BAD_SHARE));
  }

  /** Each survivor has six other survivors, t is six, and one of them lies. */
  @Test
  void tooFewRightSharesFailByName() {
    silentFrom.put(agent(7), Stage.MASKED_INPUT);
    lies.put(
        agent(1),
        event -> event instanceof ServerEvent.Answered a ? worsen(a, Side.SELF_MASK) : event);
    assertThat(run()).isEqualTo(new ServerPhase.Failed(FailureReason.SECRET_NOT_OPENED));
  }

  /** Which of its shares a liar changes. */
  enum Side {
    SELF_MASK,
    MASK_KEY
  }

  @Test
  void aLiarIsNamedWhereEnoughOthersTellTheTruth() {
    AgentId liar = agent(1);
    lies.put(
        liar, event -> event instanceof ServerEvent.Answered a ? worsen(a, Side.SELF_MASK) : event);
    requireSumOfAllBut(run());
    assertThat(dropped).isEqualTo(Map.of(liar, DropReason.BAD_SHARE));
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
    lies.put(
        agent(4),
        event -> event instanceof ServerEvent.SharesReceived s ? withoutOneBox(s) : event);
    requireSumOfAllBut(run(), 4);
    assertThat(dropped).isEqualTo(Map.of(agent(4), DropReason.WRONG_BOXES));
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
    lies.put(
        agent(4),
        event ->
            event instanceof ServerEvent.SharesReceived s
                ? new ServerEvent.SharesReceived(withAnotherCommitment(s.message()))
                : event);
    requireSumOfAllBut(run(), 4);
    assertThat(dropped).isEqualTo(Map.of(agent(4), DropReason.SHARES_ALTERED));
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
    lies.put(
        agent(4),
        event ->
            event instanceof ServerEvent.InputReceived e
                ? new ServerEvent.InputReceived(e.receipt(), Octets.owning(new byte[32]))
                : event);
    requireSumOfAllBut(run(), 4);
    assertThat(dropped).isEqualTo(Map.of(agent(4), DropReason.WRONG_DIGEST));
  }

  @Test
  void aStaleDeadlineAndLostAgentsThatHaveAnsweredChangeNothing() {
    Step<ServerPhase, ServerEffect> step =
        AdvertiseKeys.begin(
            PlainCoordinator.descriptor(), participants.primitives, participants.all());
    assertThat(step.next().on(new ServerEvent.DeadlineReached(Stage.UNMASKING)).next())
        .isSameAs(step.next());
    assertThat(step.next().on(new ServerEvent.AgentLost(agent(0))).effects())
        .containsExactly(new ServerEffect.Drop(agent(0), DropReason.LOST));
    assertThat(step.next().on(new ServerEvent.Cancelled()).next())
        .isEqualTo(new ServerPhase.Failed(FailureReason.CANCELLED));
  }

  @Test
  void aCohortOfOneCannotEvenBegin() {
    assertThatThrownBy(
            () ->
                AdvertiseKeys.begin(
                    PlainCoordinator.descriptor(), participants.primitives, Set.of(agent(0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 participants invited, expected 6 to 8");
    assertThatThrownBy(() -> new SessionDescriptor.Cohort(1, 8, 7, 6))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void maskedVectorsSayNothingOfTheirInputs() {
    List<Long> ones = new ArrayList<>();
    run();
    for (long[] words : masked.values()) {
      // Inputs are below 2^40; of a masked word all 64 bits are set half of the time.
      long set = 0;
      for (long word : words) {
        set += Long.bitCount(word);
      }
      ones.add(set);
    }
    long expected = 32L * PlainCoordinator.WORDS;
    // Seven standard deviations of 155.
    assertThat(ones).allSatisfy(n -> assertThat(n).isBetween(expected - 1085, expected + 1085));
  }
}
