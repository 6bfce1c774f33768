package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.COHORT;
import static io.covey.crypto.secagg.client.PlainSession.MODEL;
import static io.covey.crypto.secagg.client.PlainSession.THRESHOLD;
import static io.covey.crypto.secagg.client.PlainSession.WORDS;
import static io.covey.crypto.secagg.client.PlainSession.agent;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.privacy.L2Clipping;
import io.covey.crypto.privacy.NonFiniteValueException;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.server.ServerEvent.Stage;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * How others' secure aggregation was broken, tried against this one: one test for each of the
 * attacks that docs/secure-aggregation.md lists, in its order. Seeds 31 and 32.
 */
class KnownAttacksTest {
  private final PlainCoordinator world = new PlainCoordinator(31);
  private final AgentId victim = agent(0);

  private Roster masked() {
    Roster roster = world.advertise(world.all());
    world.maskAndAdd(world.share(roster, world.all()), world.all());
    return roster;
  }

  /**
   * 1. A seed of 256 bits was folded to 32, of which 28 varied, so masks could be searched. Here
   * masks that differ in any one bit of their seeds have nothing in common.
   */
  @Test
  void masksCannotBeSearchedFor() {
    masked();
    byte[] seed = requireNonNull(world.seeds.get(victim)).get(0).seed().reveal();
    assertThat(seed).hasSize(32);
    ModularVector before = expanded(seed);
    for (int bit = 0; bit < 256; bit++) {
      byte[] flipped = seed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      ModularVector after = expanded(flipped);
      for (int word = 0; word < 4; word++) {
        assertThat(after.word(word)).as("bit %d", bit).isNotEqualTo(before.word(word));
      }
    }
  }

  private static ModularVector expanded(byte[] seed) {
    ModularVector vector = new ModularVector(4);
    new MaskExpander(Prg.aesCtr())
        .apply(new MaskTerm(MaskTerm.Sign.ADD, SecretBytes.copyOf(seed)), vector);
    return vector;
  }

  /**
   * 2. A participant named alive to some and dead to others gave away both its secrets. Here either
   * way of saying so ends the session.
   */
  @Test
  void bothSecretsOfOneParticipantAreNeverReleased() {
    Roster roster = masked();
    SurvivorSet both = PlainSession.survivors(roster, world.all(), Set.of(agent(3)));
    assertThat(world.refusal(world.tell(victim, new ClientEvent.SurvivorsAnnounced(both))))
        .isEqualTo(RefusalReason.NAMED_ALIVE_AND_DEAD);
    SurvivorSet alive = PlainSession.survivors(roster, world.all(), Set.of());
    SurvivorSet dead = PlainSession.survivors(roster, world.allBut(3), Set.of(agent(3)));
    List<Confirmation> confirmations = world.confirm(alive, world.allBut(0, 4, 5, 6, 7));
    confirmations.addAll(world.confirm(dead, world.allBut(0, 1, 2, 3)));
    for (AgentId agent : world.allBut(0)) {
      assertThat(world.refusal(world.tell(agent, PlainCoordinator.request(agent, confirmations))))
          .isEqualTo(RefusalReason.SURVIVORS_NOT_CONFIRMED);
    }
    Attacker attacker = new Attacker(world, roster, both.session(), Set.of());
    attacker.learnReleases();
    attacker.requireThatNoUpdateOpens();
  }

  /**
   * 3. A mask range off by one left masks that did not cancel, and words that leaked. Here the
   * range is that of the words: the largest inputs in every lane add up exactly.
   */
  @Test
  void theRangeOfMasksIsThatOfTheWords() {
    LaneLayout layout = PlainSession.descriptor().vector().layout();
    long[] largest = new long[WORDS];
    Arrays.fill(largest, layout.valueMask());
    world.all().forEach(agent -> world.inputs.put(agent, largest));
    Roster roster = world.advertise(world.all());
    Map<AgentId, SealedShares> shares = world.share(roster, world.all());
    world.maskAndAdd(shares, world.all());
    SurvivorSet set = PlainSession.survivors(roster, world.all(), Set.of());
    world.open(roster, shares, set, world.unmask(world.confirm(set, world.all()), world.all()));
    world.requireExactSumOf(world.all());
    assertThat(world.sum.word(0)).isEqualTo(COHORT * layout.valueMask());
  }

  /**
   * 4. Example counts went in the clear beside masked vectors. Here nothing that a participant
   * sends depends on its input but the masked vector: two runs that differ in one input send the
   * same messages, up to the digest of that vector.
   */
  @Test
  void nothingButTheMaskedVectorDependsOnTheInput() {
    List<Object> one = messagesWith(new long[WORDS]);
    long[] other = new long[WORDS];
    Arrays.fill(other, 0xFFF);
    assertThat(messagesWith(other)).isEqualTo(one).hasSize(4);
  }

  private List<Object> messagesWith(long[] input) {
    PlainCoordinator run = new PlainCoordinator(32);
    run.inputs.put(victim, input);
    Roster roster = run.advertise(run.all());
    run.maskAndAdd(run.share(roster, run.all()), run.all());
    SurvivorSet set = PlainSession.survivors(roster, run.all(), Set.of());
    run.unmask(run.confirm(set, run.all()), run.all());
    List<Object> messages = new ArrayList<>();
    for (ClientEffect effect : requireNonNull(run.effects.get(victim))) {
      if (effect instanceof ClientEffect.SendAdvertisement
          || effect instanceof ClientEffect.SendShares
          || effect instanceof ClientEffect.SendConfirmation
          || effect instanceof ClientEffect.SendUnmasking) {
        messages.add(effect);
      }
    }
    return messages;
  }

  /** 5. One drop in an early step aborted the round. Here it costs that participant. */
  @Test
  void aDropInAnEarlyStepDoesNotEndTheRound() {
    for (Stage at : List.of(Stage.ADVERTISE_KEYS, Stage.SHARE_KEYS, Stage.MASKED_INPUT)) {
      WholeSession session = new WholeSession();
      session.silentFrom.put(agent(6), at);
      session.requireSumOfAllBut(session.run(), 6);
    }
  }

  /**
   * 6. The first message was not signed and the session's id was the server's to choose. Here the
   * id is the hash of what is signed: whatever is changed in it has another id and no signature.
   */
  @Test
  void nobodyElseBeginsASessionAndItsIdIsNotChosen() {
    SessionDescriptor real = PlainSession.descriptor();
    Octets signature = world.signer.sign(world.coordinatorKey, real.toBytes());
    SessionDescriptor changed =
        PlainSession.descriptor(
            new SessionDescriptor.Cohort(7, COHORT, COHORT - 1, THRESHOLD), MODEL);
    assertThat(
            world.refusal(world.tell(victim, new ClientEvent.SessionOffered(changed, signature))))
        .isEqualTo(RefusalReason.COORDINATOR_SIGNATURE_INVALID);
    Octets byAnother = world.signer.sign(world.identityOf(agent(1)), real.toBytes());
    assertThat(world.refusal(world.tell(agent(2), new ClientEvent.SessionOffered(real, byAnother))))
        .isEqualTo(RefusalReason.COORDINATOR_SIGNATURE_INVALID);
    assertThat(changed.sessionId()).isNotEqualTo(real.sessionId());
    assertThat(real.sessionId()).isEqualTo(Octets.owning(Sha256.of(real.toBytes()).toBytes()));
  }

  /**
   * 7. Secrets were used for several rounds, which together unmasked. Here nothing of one session
   * fits another, even with the same channel keys: no mask is the same, and no box opens.
   */
  @Test
  void nothingOfOneSessionFitsAnother() {
    Roster first = world.advertise(world.all());
    Map<AgentId, SealedShares> before = world.share(first, world.all());
    world.maskAndAdd(before, world.all());
    Set<Octets> seeds = new HashSet<>();
    world.seeds.values().forEach(terms -> terms.forEach(term -> seeds.add(octets(term))));
    world.all().forEach(agent -> world.restart(agent, PlainSession.minima(0)));
    Roster second = world.advertise(world.all());
    assertThat(second.entryOf(agent(1)).channelKey())
        .isEqualTo(first.entryOf(agent(1)).channelKey());
    Map<AgentId, SealedShares> now = world.share(second, world.all());
    ClientEvent replayed =
        new ClientEvent.SharesDelivered(PlainCoordinator.boxesFor(victim, before));
    assertThat(world.refusal(world.tell(victim, replayed))).isEqualTo(RefusalReason.TOO_FEW_SHARES);
    world.maskAndAdd(now, world.allBut(0));
    for (AgentId agent : world.allBut(0)) {
      requireNonNull(world.seeds.get(agent))
          .forEach(term -> assertThat(seeds).doesNotContain(octets(term)));
    }
  }

  private static Octets octets(MaskTerm term) {
    return Octets.copyOf(term.seed().reveal());
  }

  /**
   * 8. Participants who were given different models revealed by the sum who had which. Here the
   * model is part of the session: whoever expects another refuses, and would share no mask.
   */
  @Test
  void participantsWithDifferentModelsShareNoSession() {
    SessionDescriptor.Model other =
        new SessionDescriptor.Model(MODEL.name(), MODEL.version(), Sha256.of(new byte[] {9}));
    SessionDescriptor.Cohort cohort = PlainSession.descriptor().cohort();
    SessionDescriptor different = PlainSession.descriptor(cohort, other);
    assertThat(world.refusal(world.tell(victim, world.offer(different))))
        .isEqualTo(RefusalReason.DESCRIPTOR_UNEXPECTED);
    assertThat(different.sessionId()).isNotEqualTo(PlainSession.descriptor().sessionId());
  }

  /** 9. Two inclusion sets for one session differ by one participant. Here neither opens. */
  @Test
  void twoInclusionSetsOpenNeither() {
    Roster roster = masked();
    SurvivorSet all = PlainSession.survivors(roster, world.all(), Set.of());
    SurvivorSet less = PlainSession.survivors(roster, world.allBut(7), Set.of(agent(7)));
    List<Confirmation> confirmations = world.confirm(all, world.allBut(0, 1, 2, 3));
    confirmations.addAll(world.confirm(less, world.allBut(4, 5, 6, 7)));
    for (AgentId agent : world.all()) {
      assertThat(world.refusal(world.tell(agent, PlainCoordinator.request(agent, confirmations))))
          .isEqualTo(RefusalReason.SURVIVORS_NOT_CONFIRMED);
    }
  }

  /**
   * 10. The rest: redelivery, answering twice after a restart, overflowing lanes, values that are
   * no numbers, a cohort of one, and a coordinator that shrinks what protects.
   */
  @Test
  void redeliveryAmnesiaOverflowAndShrinkingAreRefused() {
    WholeSession redelivered = new WholeSession();
    redelivered.everythingTwice = true;
    redelivered.requireSumOfAllBut(redelivered.run());
    requireThatARestartedParticipantDoesNotAnswerAgain();
    assertThatThrownBy(() -> new LaneLayout(10, 12, 14).requireRoomFor(5))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> L2Clipping.factor(new float[] {1, Float.NaN}, 1))
        .isInstanceOf(NonFiniteValueException.class);
    assertThatThrownBy(() -> new SessionDescriptor.Cohort(1, 8, 7, 6))
        .isInstanceOf(IllegalArgumentException.class);
    Map<SessionDescriptor.Cohort, RefusalReason> shrunk =
        new TreeMap<>(Comparator.comparing(SessionDescriptor.Cohort::toString));
    shrunk.put(
        new SessionDescriptor.Cohort(4, COHORT, COHORT - 1, THRESHOLD),
        RefusalReason.COHORT_TOO_SMALL);
    shrunk.put(
        new SessionDescriptor.Cohort(6, COHORT, 6, THRESHOLD), RefusalReason.TOO_FEW_NEIGHBOURS);
    shrunk.put(
        new SessionDescriptor.Cohort(6, COHORT, COHORT - 1, THRESHOLD - 1),
        RefusalReason.THRESHOLD_TOO_LOW);
    shrunk.forEach(
        (cohort, reason) -> {
          world.restart(victim, PlainSession.minima(0));
          ClientEvent offer = world.offer(PlainSession.descriptor(cohort, MODEL));
          assertThat(world.refusal(world.tell(victim, offer))).isEqualTo(reason);
        });
  }

  /** It took part, answered, lost its memory, and is led through the same session again. */
  private void requireThatARestartedParticipantDoesNotAnswerAgain() {
    Roster roster = masked();
    SurvivorSet set = PlainSession.survivors(roster, world.all(), Set.of());
    world.unmask(world.confirm(set, world.all()), world.all());
    world.all().forEach(agent -> world.restart(agent, PlainSession.minima(0)));
    Roster again = world.advertise(world.all());
    world.maskAndAdd(world.share(again, world.all()), world.all());
    SurvivorSet other = PlainSession.survivors(again, world.all(), Set.of());
    List<Confirmation> confirmations = world.confirm(other, world.all());
    Octets session = PlainSession.descriptor().sessionId();
    assertThat(world.tell(victim, PlainCoordinator.request(victim, confirmations)))
        .containsExactly(new ClientEffect.PersistDecision(session, other.root()));
    // Its log has the session, so its shell says no.
    assertThat(world.refusal(world.tell(victim, new ClientEvent.DecisionRefused(session))))
        .isEqualTo(RefusalReason.ANSWERED_BEFORE);
  }
}
