package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.agent;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.server.DropReason;
import io.covey.crypto.secagg.server.FailureReason;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.crypto.secagg.server.ServerPhase;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Sees the arrays of secrets zeroed on every way out of a session: common secrets, keys and
 * contents of boxes, fresh keys, released shares. Seed 99.
 */
class WipingTest {
  private final List<byte[]> seen = new ArrayList<>();
  private int agreementsLeft = Integer.MAX_VALUE;
  private final PlainCoordinator world = new PlainCoordinator(99, this::recording);
  private final AgentId victim = agent(0);

  private SessionPrimitives recording(SessionPrimitives real) {
    return new SessionPrimitives(
        new RecordingAgreement(real.agreement()),
        real.signer(),
        new RecordingAead(real.aead()),
        real.identities());
  }

  private final class RecordingAgreement implements KeyAgreement {
    private final KeyAgreement real;

    RecordingAgreement(KeyAgreement real) {
      this.real = real;
    }

    @Override
    public Octets publicKeyOf(SecretBytes privateKey) {
      return real.publicKeyOf(privateKey);
    }

    @Override
    public boolean contributes(Octets publicKey) {
      return real.contributes(publicKey);
    }

    @Override
    public Optional<SecretBytes> agree(SecretBytes privateKey, Octets peerPublicKey) {
      if (agreementsLeft-- <= 0) {
        return Optional.empty();
      }
      Optional<SecretBytes> shared = real.agree(privateKey, peerPublicKey);
      shared.ifPresent(secret -> seen.add(secret.reveal()));
      return shared;
    }
  }

  private final class RecordingAead implements Aead {
    private final Aead real;

    RecordingAead(Aead real) {
      this.real = real;
    }

    @Override
    public Octets seal(
        SecretBytes key, byte[] nonce, byte[] associatedData, SecretBytes plaintext) {
      seen.add(key.reveal());
      seen.add(plaintext.reveal());
      return real.seal(key, nonce, associatedData, plaintext);
    }

    @Override
    public Optional<SecretBytes> open(
        SecretBytes key, byte[] nonce, byte[] associatedData, Octets sealed) {
      seen.add(key.reveal());
      Optional<SecretBytes> opened = real.open(key, nonce, associatedData, sealed);
      opened.ifPresent(secret -> seen.add(secret.reveal()));
      return opened;
    }
  }

  private static boolean isZero(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  /** Everything that passed through the primitives since the list was cleared, and fresh keys. */
  private void requireNothingLeftOf(AgentId agent) {
    assertThat(seen).isNotEmpty().allMatch(WipingTest::isZero);
    assertThat(world.freshSecretsOf(agent)).allMatch(WipingTest::isZero);
  }

  private Map<AgentId, SealedShares> shareKeys() {
    Roster roster = world.advertise(world.all());
    Map<AgentId, SealedShares> shares = world.share(roster, world.allBut(0));
    seen.clear();
    shares.putAll(world.share(roster, Set.of(victim)));
    return shares;
  }

  private SurvivorSet maskAll(Map<AgentId, SealedShares> shares) {
    world.maskAndAdd(shares, Set.of(victim));
    List<byte[]> ofTheVictim = List.copyOf(seen);
    world.maskAndAdd(shares, world.allBut(0));
    seen.clear();
    seen.addAll(ofTheVictim);
    Octets root = requireNonNull(shares.get(victim)).rosterRoot();
    return new SurvivorSet(
        PlainSession.descriptor().sessionId(),
        root,
        world.all(),
        world.allBut(0, 1, 2, 3, 4, 5, 6, 7));
  }

  @Test
  void sealingLeavesNothingButTheFreshSecrets() {
    shareKeys();
    assertThat(seen).isNotEmpty().allMatch(WipingTest::isZero);
    assertThat(world.freshSecretsOf(victim)).noneMatch(WipingTest::isZero);
  }

  @Test
  void leavingAfterSharingWipesTheFreshSecrets() {
    shareKeys();
    world.tell(victim, new ClientEvent.Cancelled());
    requireNothingLeftOf(victim);
  }

  @Test
  void leavingBeforeAnOfferWipesTheFreshSecrets() {
    world.tell(victim, new ClientEvent.Cancelled());
    assertThat(world.freshSecretsOf(victim)).allMatch(WipingTest::isZero);
  }

  @Test
  void aNeighbourWithoutAKeyLeavesNothingOfWhatWasSealed() {
    Roster roster = world.advertise(world.all());
    agreementsLeft = 3;
    assertThat(world.refusal(world.tell(victim, new ClientEvent.RosterReceived(roster))))
        .isEqualTo(RefusalReason.NEIGHBOUR_KEY_INVALID);
    requireNothingLeftOf(victim);
  }

  @Test
  void aNeighbourWithoutAKeyLeavesNothingOfWhatWasOpened() {
    Map<AgentId, SealedShares> shares = shareKeys();
    // Boxes open with keys agreed on before; two masks are derived.
    agreementsLeft = 2;
    assertThat(
            world.refusal(
                world.tell(
                    victim,
                    new ClientEvent.SharesDelivered(PlainCoordinator.boxesFor(victim, shares)))))
        .isEqualTo(RefusalReason.NEIGHBOUR_KEY_INVALID);
    requireNothingLeftOf(victim);
  }

  @Test
  void tooFewSharesLeaveNothingOfThoseThatOpened() {
    Map<AgentId, SealedShares> shares = shareKeys();
    Map<AgentId, Octets> boxes = new HashMap<>(PlainCoordinator.boxesFor(victim, shares));
    boxes.remove(agent(1));
    boxes.remove(agent(2));
    world.tell(victim, new ClientEvent.SharesDelivered(boxes));
    requireNothingLeftOf(victim);
  }

  @Test
  void onceMaskedTheFreshSecretsAreGoneAndOnlyOthersSharesAreHeld() {
    SurvivorSet set = maskAll(shareKeys());
    assertThat(set.survivors()).hasSize(8);
    assertThat(world.freshSecretsOf(victim)).allMatch(WipingTest::isZero);
    List<byte[]> held = seen.stream().filter(bytes -> !isZero(bytes)).toList();
    assertThat(held).hasSize(7).allMatch(bytes -> bytes.length == SealedShares.PAIR_BYTES);
  }

  @Test
  void leavingAfterMaskingWipesWhatIsHeldOfOthers() {
    maskAll(shareKeys());
    world.tell(victim, new ClientEvent.Cancelled());
    requireNothingLeftOf(victim);
  }

  @Test
  void answeringWipesWhatIsHeldOfOthers() {
    SurvivorSet set = maskAll(shareKeys());
    List<Confirmation> confirmations = world.confirm(set, world.all());
    world.unmask(confirmations, Set.of(victim));
    requireNothingLeftOf(victim);
  }

  @Test
  void refusingToAnswerWipesWhatIsHeldOfOthers() {
    SurvivorSet set = maskAll(shareKeys());
    List<Confirmation> confirmations = world.confirm(set, world.all());
    world.tell(victim, PlainCoordinator.request(victim, confirmations));
    world.tell(victim, new ClientEvent.DecisionRefused(set.session()));
    requireNothingLeftOf(victim);
  }

  private static void watch(WholeSession session, List<byte[]> released) {
    for (AgentId agent : session.participants.all()) {
      session.lies.put(
          agent,
          event -> {
            if (event instanceof ServerEvent.Answered answered) {
              released.addAll(arraysOf(answered.message()));
            }
            return event;
          });
    }
  }

  private static List<byte[]> arraysOf(UnmaskingShares message) {
    List<byte[]> arrays = new ArrayList<>();
    message.selfMaskShares().values().forEach(share -> arrays.add(share.reveal()));
    message.maskKeyShares().values().forEach(share -> arrays.add(share.reveal()));
    return arrays;
  }

  @Test
  void releasedSharesAreGoneOnceTheSumIsOpen() {
    WholeSession session = new WholeSession();
    session.silentFrom.put(agent(7), Stage.MASKED_INPUT);
    List<byte[]> released = new ArrayList<>();
    watch(session, released);
    assertThat(session.run()).isInstanceOf(ServerPhase.Completed.class);
    assertThat(released).hasSize(7 * 7).allMatch(WipingTest::isZero);
  }

  @Test
  void releasedSharesAreGoneOnceNothingOpens() {
    WholeSession session = new WholeSession();
    List<byte[]> released = new ArrayList<>();
    watch(session, released);
    for (int silent = 0; silent < 3; silent++) {
      session.silentFrom.put(agent(silent), Stage.UNMASKING);
    }
    assertThat(session.run()).isEqualTo(new ServerPhase.Failed(FailureReason.SECRET_NOT_OPENED));
    assertThat(released).isNotEmpty().allMatch(WipingTest::isZero);
  }

  @Test
  void releasedSharesOfWhomIsDroppedAreGone() {
    WholeSession session = new WholeSession();
    List<byte[]> released = new ArrayList<>();
    watch(session, released);
    session.echoes.put(
        agent(2),
        event ->
            event instanceof ServerEvent.Answered answered
                ? new ServerEvent.Answered(
                    new UnmaskingShares(
                        answered.message().session(), agent(2), new TreeMap<>(), new TreeMap<>()))
                : event);
    assertThat(session.run()).isInstanceOf(ServerPhase.Completed.class);
    assertThat(session.dropped).isEqualTo(Map.of(agent(2), DropReason.CONFLICTING_MESSAGE));
    assertThat(released).isNotEmpty().allMatch(WipingTest::isZero);
  }

  @Test
  void sharesThatComeTooLateAreGone() {
    UnmaskingShares late =
        new UnmaskingShares(
            Octets.owning(new byte[32]),
            agent(1),
            new TreeMap<>(Map.of(agent(2), SecretBytes.owning(new byte[] {1, 2, 3}))),
            new TreeMap<>());
    List<byte[]> released = arraysOf(late);
    new ServerPhase.Failed(FailureReason.CANCELLED).on(new ServerEvent.Answered(late));
    assertThat(released).allMatch(WipingTest::isZero);
  }
}
