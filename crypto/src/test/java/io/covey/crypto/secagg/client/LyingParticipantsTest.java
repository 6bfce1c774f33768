package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.agent;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.Shamir;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.server.DropReason;
import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.protocols.id.AgentId;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Participants that lie at each step: each is dropped by its reason, and the sum over the others is
 * exact, or the session fails by name. Seed 815.
 */
class LyingParticipantsTest {
  private static final AgentId LIAR = agent(2);

  private final WholeSession session = new WholeSession();

  private <E extends ServerEvent> void lie(Class<E> about, UnaryOperator<E> lie) {
    session.lies.put(LIAR, event -> about.isInstance(event) ? lie.apply(about.cast(event)) : event);
  }

  private <E extends ServerEvent> void contradict(Class<E> about, UnaryOperator<E> other) {
    session.echoes.put(
        LIAR, event -> about.isInstance(event) ? other.apply(about.cast(event)) : event);
  }

  /** Dropped before its vector was in the sum. */
  private void requireLeftOut(DropReason reason) {
    session.requireSumOfAllBut(session.run(), 2);
    assertThat(session.dropped).isEqualTo(Map.of(LIAR, reason));
  }

  /** Dropped afterwards: the others' shares take its mask off. */
  private void requireDroppedButIncluded(DropReason reason) {
    session.requireSumOfAllBut(session.run());
    assertThat(session.dropped).isEqualTo(Map.of(LIAR, reason));
  }

  private Octets sign(byte[] statement) {
    return session.participants.signer.sign(session.participants.identityOf(LIAR), statement);
  }

  private ServerEvent.Advertised advertising(KeyAdvertisement e, Octets maskKey, Octets nonce) {
    KeyAdvertisement other =
        new KeyAdvertisement(e.session(), e.from(), maskKey, e.channelKey(), nonce, e.signature());
    return new ServerEvent.Advertised(other.signed(sign(other.statement())));
  }

  @Test
  void aKeyOfSmallOrderIsDropped() {
    Octets zero = Octets.owning(new byte[32]);
    lie(ServerEvent.Advertised.class, e -> advertising(e.message(), zero, e.message().nonce()));
    requireLeftOut(DropReason.KEY_INVALID);
  }

  @Test
  void theKeyOfAnotherIsDropped() {
    Octets[] first = new Octets[1];
    session.lies.put(
        agent(0),
        event -> {
          if (event instanceof ServerEvent.Advertised e) {
            first[0] = e.message().maskKey();
          }
          return event;
        });
    lie(
        ServerEvent.Advertised.class,
        e -> advertising(e.message(), requireNonNull(first[0]), e.message().nonce()));
    requireLeftOut(DropReason.KEY_REUSED);
  }

  @Test
  void twoDifferentAdvertisementsAreDropped() {
    contradict(
        ServerEvent.Advertised.class,
        e -> advertising(e.message(), e.message().maskKey(), Octets.owning(new byte[32])));
    requireLeftOut(DropReason.CONFLICTING_MESSAGE);
  }

  @Test
  void anAdvertisementForAnotherSessionIsDropped() {
    lie(
        ServerEvent.Advertised.class,
        event -> {
          KeyAdvertisement e = event.message();
          KeyAdvertisement other =
              new KeyAdvertisement(
                  Octets.owning(new byte[32]),
                  e.from(),
                  e.maskKey(),
                  e.channelKey(),
                  e.nonce(),
                  e.signature());
          return new ServerEvent.Advertised(other.signed(sign(other.statement())));
        });
    requireLeftOut(DropReason.WRONG_CONTEXT);
  }

  private static ServerEvent.SharesReceived with(SealedShares m, SortedMap<AgentId, Octets> boxes) {
    return new ServerEvent.SharesReceived(
        new SealedShares(m.session(), m.from(), m.rosterRoot(), m.seedCommitment(), boxes));
  }

  private static SortedMap<AgentId, Octets> boxesWith(SealedShares m, AgentId to, Octets box) {
    SortedMap<AgentId, Octets> boxes = new TreeMap<>(m.boxes());
    boxes.put(to, box);
    return boxes;
  }

  @Test
  void aBoxOfAnotherSizeIsDropped() {
    lie(
        ServerEvent.SharesReceived.class,
        e ->
            with(
                e.message(),
                boxesWith(
                    e.message(), agent(5), Octets.owning(new byte[SealedShares.BOX_BYTES + 1]))));
    requireLeftOut(DropReason.WRONG_BOXES);
  }

  @Test
  void aBoxForAStrangerIsDropped() {
    Octets box = Octets.owning(new byte[SealedShares.BOX_BYTES]);
    lie(
        ServerEvent.SharesReceived.class,
        e -> with(e.message(), boxesWith(e.message(), new AgentId("stranger"), box)));
    requireLeftOut(DropReason.WRONG_BOXES);
  }

  @Test
  void twoDifferentSetsOfSharesAreDropped() {
    Octets box = Octets.owning(new byte[SealedShares.BOX_BYTES]);
    contradict(
        ServerEvent.SharesReceived.class,
        e -> with(e.message(), boxesWith(e.message(), agent(5), box)));
    requireLeftOut(DropReason.CONFLICTING_MESSAGE);
  }

  private ServerEvent.InputReceived receipt(
      ServerEvent.InputReceived input, Octets sharesDigest, int words) {
    MaskedInputReceipt r = input.receipt();
    MaskedInputReceipt other =
        new MaskedInputReceipt(
            r.session(), r.from(), sharesDigest, words, r.digest(), r.signature());
    return new ServerEvent.InputReceived(other.signed(sign(other.statement())), input.arrived());
  }

  @Test
  void aVectorOfAnotherLengthIsDropped() {
    lie(
        ServerEvent.InputReceived.class,
        e -> receipt(e, e.receipt().sharesDigest(), e.receipt().words() - 1));
    requireLeftOut(DropReason.WRONG_LENGTH);
  }

  @Test
  void aReceiptForOtherSharesIsDropped() {
    lie(
        ServerEvent.InputReceived.class,
        e -> receipt(e, Octets.owning(new byte[32]), e.receipt().words()));
    requireLeftOut(DropReason.SHARES_ALTERED);
  }

  /** Its vector is in the sum by then, and is taken back. */
  @Test
  void twoDifferentReceiptsAreDropped() {
    contradict(
        ServerEvent.InputReceived.class,
        e -> receipt(e, e.receipt().sharesDigest(), e.receipt().words() - 1));
    requireLeftOut(DropReason.CONFLICTING_MESSAGE);
  }

  @Test
  void aConfirmationOfAnotherSetIsDropped() {
    lie(
        ServerEvent.Confirmed.class,
        event -> {
          Confirmation c = event.message();
          Confirmation other =
              new Confirmation(c.session(), c.from(), Octets.owning(new byte[32]), c.signature());
          return new ServerEvent.Confirmed(other.signed(sign(other.statement())));
        });
    requireDroppedButIncluded(DropReason.WRONG_CONTEXT);
  }

  private static ServerEvent.Answered answer(
      UnmaskingShares m,
      SortedMap<AgentId, SecretBytes> selfMaskShares,
      SortedMap<AgentId, SecretBytes> maskKeyShares) {
    return new ServerEvent.Answered(
        new UnmaskingShares(m.session(), m.from(), selfMaskShares, maskKeyShares));
  }

  private static SortedMap<AgentId, SecretBytes> shareOf(AgentId owner) {
    return new TreeMap<>(Map.of(owner, SecretBytes.owning(new byte[Shamir.SHARE_BYTES])));
  }

  @Test
  void theSecretThatMustStayClosedIsNotTaken() {
    lie(
        ServerEvent.Answered.class,
        e -> answer(e.message(), e.message().selfMaskShares(), shareOf(agent(4))));
    requireDroppedButIncluded(DropReason.WRONG_SHARES);
  }

  @Test
  void sharesOfAStrangerAreNotTaken() {
    lie(
        ServerEvent.Answered.class,
        e -> answer(e.message(), shareOf(new AgentId("stranger")), new TreeMap<>()));
    requireDroppedButIncluded(DropReason.WRONG_SHARES);
  }

  @Test
  void sharesOfItselfAreNotTaken() {
    lie(ServerEvent.Answered.class, e -> answer(e.message(), shareOf(LIAR), new TreeMap<>()));
    requireDroppedButIncluded(DropReason.WRONG_SHARES);
  }

  @Test
  void aShareOfAnotherSizeIsNotTaken() {
    SortedMap<AgentId, SecretBytes> tooLong = new TreeMap<>();
    tooLong.put(agent(4), SecretBytes.owning(new byte[Shamir.SHARE_BYTES + 1]));
    lie(ServerEvent.Answered.class, e -> answer(e.message(), tooLong, new TreeMap<>()));
    requireDroppedButIncluded(DropReason.WRONG_SHARES);
  }

  @Test
  void twoDifferentAnswersAreDropped() {
    contradict(
        ServerEvent.Answered.class, e -> answer(e.message(), new TreeMap<>(), new TreeMap<>()));
    requireDroppedButIncluded(DropReason.CONFLICTING_MESSAGE);
  }

  /** Shares of the right neighbours under each other's names. */
  @Test
  void sharesSwappedBetweenNeighboursAreNamed() {
    lie(
        ServerEvent.Answered.class,
        e -> {
          SortedMap<AgentId, SecretBytes> swapped = new TreeMap<>(e.message().selfMaskShares());
          SecretBytes one = requireNonNull(swapped.get(agent(0)));
          swapped.put(agent(0), requireNonNull(swapped.get(agent(1))));
          swapped.put(agent(1), one);
          return answer(e.message(), swapped, e.message().maskKeyShares());
        });
    requireDroppedButIncluded(DropReason.BAD_SHARE);
  }

  /** It committed to one secret and shared another: nobody else can be blamed for that. */
  @Test
  void aSecretOtherThanTheOneCommittedToFailsByNameAndNamesItsOwner() {
    WholeSession other = new WholeSession();
    Octets[] digest = new Octets[1];
    Octets wrong = Octets.owning(new byte[32]);
    other.lies.put(
        LIAR,
        event -> {
          if (event instanceof ServerEvent.SharesReceived e) {
            SealedShares m = e.message();
            SealedShares lie =
                new SealedShares(m.session(), m.from(), m.rosterRoot(), wrong, m.boxes());
            digest[0] = lie.digest();
            return new ServerEvent.SharesReceived(lie);
          }
          return event instanceof ServerEvent.InputReceived e
              ? receipt(e, requireNonNull(digest[0]), e.receipt().words())
              : event;
        });
    assertThat(other.run()).isEqualTo(new ServerPhase.Failed(FailureReason.SECRET_NOT_OPENED));
    assertThat(other.dropped).isEqualTo(Map.of(LIAR, DropReason.SECRET_UNOPENED));
  }

  @Test
  void silenceOfAsManyAsTheThresholdAllowsIsBorneAtEveryStep() {
    for (Stage at : Stage.values()) {
      WholeSession silent = new WholeSession();
      silent.silentFrom.put(LIAR, at);
      ServerPhase end = silent.run();
      if (at.compareTo(Stage.MASKED_INPUT) <= 0) {
        silent.requireSumOfAllBut(end, 2);
      } else {
        silent.requireSumOfAllBut(end);
      }
      assertThat(silent.dropped).isEqualTo(Map.of(LIAR, DropReason.SILENT));
    }
  }
}
