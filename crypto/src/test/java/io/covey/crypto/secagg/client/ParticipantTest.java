package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.COHORT;
import static io.covey.crypto.secagg.client.PlainSession.MODEL;
import static io.covey.crypto.secagg.client.PlainSession.THRESHOLD;
import static io.covey.crypto.secagg.client.PlainSession.agent;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a participant does for an honest coordinator, and refuses to a lying one; seed 4711. */
class ParticipantTest {
  private final PlainCoordinator coordinator = new PlainCoordinator(4711);
  private final AgentId victim = agent(0);

  @Test
  void theSumOfEverybodyIsExact() {
    runDropping(Set.of(), Set.of());
  }

  @Test
  void theSumSurvivesADropoutBeforeSharing() {
    runDropping(Set.of(agent(3)), Set.of());
  }

  @Test
  void theSumSurvivesADropoutAfterSharing() {
    runDropping(Set.of(), Set.of(agent(5)));
  }

  private void runDropping(Set<AgentId> beforeSharing, Set<AgentId> afterSharing) {
    Roster roster = coordinator.advertise(coordinator.all());
    SortedSet<AgentId> sharing = coordinator.all();
    sharing.removeAll(beforeSharing);
    Map<AgentId, SealedShares> shares = coordinator.share(roster, sharing);
    SortedSet<AgentId> alive = coordinator.all();
    alive.removeAll(beforeSharing);
    alive.removeAll(afterSharing);
    coordinator.maskAndAdd(shares, alive);
    SurvivorSet set = PlainSession.survivors(roster, alive, afterSharing);
    List<UnmaskingShares> answers = coordinator.unmask(coordinator.confirm(set, alive), alive);
    for (UnmaskingShares answer : answers) {
      // Never both secrets of one participant.
      SortedSet<AgentId> others = new TreeSet<>(alive);
      others.remove(answer.from());
      assertThat(answer.selfMaskShares().keySet()).isEqualTo(others);
      assertThat(answer.maskKeyShares().keySet()).isEqualTo(afterSharing);
    }
    coordinator.open(roster, shares, set, answers);
    coordinator.requireExactSumOf(alive);
    assertThat(coordinator.phases.get(victim)).isEqualTo(new ClientPhase.Finished());
  }

  @Test
  void anUnsignedSessionIsRefused() {
    ClientEvent forged = new ClientEvent.SessionOffered(descriptor(), Octets.owning(new byte[64]));
    assertThat(coordinator.refusal(coordinator.tell(victim, forged)))
        .isEqualTo(RefusalReason.COORDINATOR_SIGNATURE_INVALID);
  }

  @Test
  void aDifferentModelForOneParticipantIsRefused() {
    SessionDescriptor.Model other =
        new SessionDescriptor.Model(MODEL.name(), MODEL.version(), Sha256.of(new byte[] {2}));
    assertThat(offered(new SessionDescriptor.Cohort(6, COHORT, COHORT - 1, THRESHOLD), other))
        .isEqualTo(RefusalReason.DESCRIPTOR_UNEXPECTED);
    assertThat(descriptor(new SessionDescriptor.Cohort(6, 8, 7, 6), other).sessionId())
        .isNotEqualTo(descriptor().sessionId());
  }

  private static SessionDescriptor descriptor(
      SessionDescriptor.Cohort cohort, SessionDescriptor.Model model) {
    return PlainSession.descriptor(cohort, model);
  }

  private static SessionDescriptor descriptor() {
    return PlainSession.descriptor();
  }

  @Test
  void aShrunkCohortNeighbourhoodOrThresholdIsRefused() {
    assertThat(offered(new SessionDescriptor.Cohort(3, COHORT, COHORT - 1, THRESHOLD), MODEL))
        .isEqualTo(RefusalReason.COHORT_TOO_SMALL);
    refresh();
    assertThat(offered(new SessionDescriptor.Cohort(6, COHORT, 4, 4), MODEL))
        .isEqualTo(RefusalReason.TOO_FEW_NEIGHBOURS);
    refresh();
    assertThat(offered(new SessionDescriptor.Cohort(6, COHORT, COHORT - 1, 3), MODEL))
        .isEqualTo(RefusalReason.THRESHOLD_TOO_LOW);
    coordinator.restart(victim, PlainSession.minima(0.5));
    assertThat(offered(new SessionDescriptor.Cohort(6, COHORT, COHORT - 1, THRESHOLD), MODEL))
        .isEqualTo(RefusalReason.NOISE_TOO_LOW);
  }

  private void refresh() {
    coordinator.restart(victim, PlainSession.minima(0));
  }

  private RefusalReason offered(SessionDescriptor.Cohort cohort, SessionDescriptor.Model model) {
    return coordinator.refusal(
        coordinator.tell(victim, coordinator.offer(descriptor(cohort, model))));
  }

  @Test
  void aRosterWithoutEnoughParticipantsIsRefused() {
    Roster roster = coordinator.advertise(coordinator.allBut(5, 6, 7));
    assertThat(rosterRefusal(roster)).isEqualTo(RefusalReason.ROSTER_SIZE);
  }

  @Test
  void anAlteredNeighboursKeyIsRefused() {
    Roster roster = coordinator.advertise(coordinator.all());
    Octets coordinatorsOwn = coordinator.agreement.publicKeyOf(coordinator.coordinatorKey);
    assertThat(rosterRefusal(withMaskKey(roster, agent(4), coordinatorsOwn)))
        .isEqualTo(RefusalReason.NEIGHBOUR_SIGNATURE_INVALID);
  }

  @Test
  void anAlteredKeyOfItsOwnIsRefused() {
    Roster roster = coordinator.advertise(coordinator.all());
    Octets coordinatorsOwn = coordinator.agreement.publicKeyOf(coordinator.coordinatorKey);
    assertThat(rosterRefusal(withMaskKey(roster, victim, coordinatorsOwn)))
        .isEqualTo(RefusalReason.OWN_ENTRY_ALTERED);
  }

  @Test
  void oneKeyUnderTwoNamesIsRefused() {
    Roster roster = coordinator.advertise(coordinator.all());
    assertThat(rosterRefusal(withMaskKey(roster, agent(4), roster.entryOf(agent(5)).maskKey())))
        .isEqualTo(RefusalReason.DUPLICATE_KEY);
  }

  @Test
  void aSwappedRosterSharesNoKeysAndIsRefusedAsAConflict() {
    Roster roster = coordinator.advertise(coordinator.all());
    coordinator.share(roster, Set.of(victim));
    Roster other = new Roster(roster.entries().subList(0, 7));
    assertThat(rosterRefusal(other)).isEqualTo(RefusalReason.CONFLICTING_MESSAGE);
  }

  private RefusalReason rosterRefusal(Roster roster) {
    return coordinator.refusal(coordinator.tell(victim, new ClientEvent.RosterReceived(roster)));
  }

  private static Roster withMaskKey(Roster roster, AgentId of, Octets key) {
    List<KeyAdvertisement> entries = new ArrayList<>();
    for (KeyAdvertisement e : roster.entries()) {
      entries.add(
          e.from().equals(of)
              ? new KeyAdvertisement(
                  e.session(), e.from(), key, e.channelKey(), e.nonce(), e.signature())
              : e);
    }
    return new Roster(entries);
  }

  @Test
  void sharesThatDoNotOpenAreNotCountedAndBelowTheThresholdNothingIsMasked() {
    Roster roster = coordinator.advertise(coordinator.all());
    Map<AgentId, SealedShares> shares = coordinator.share(roster, coordinator.all());
    Map<AgentId, Octets> boxes = new HashMap<>(PlainCoordinator.boxesFor(victim, shares));
    // Boxes for somebody else.
    for (AgentId liar : List.of(agent(1), agent(2))) {
      boxes.put(liar, PlainCoordinator.boxesFor(agent(3), shares).get(liar));
    }
    assertThat(
            coordinator.refusal(coordinator.tell(victim, new ClientEvent.SharesDelivered(boxes))))
        .isEqualTo(RefusalReason.TOO_FEW_SHARES);
  }

  @Test
  void aParticipantNamedAliveAndDeadIsRefused() {
    Roster roster = masked();
    assertThat(survivorRefusal(PlainSession.survivors(roster, coordinator.all(), Set.of(agent(2)))))
        .isEqualTo(RefusalReason.NAMED_ALIVE_AND_DEAD);
  }

  @Test
  void survivorSetsThatIsolateAParticipantAreRefused() {
    Roster roster = masked();
    assertThat(
            survivorRefusal(PlainSession.survivors(roster, coordinator.allBut(0), Set.of(victim))))
        .isEqualTo(RefusalReason.NOT_AMONG_SURVIVORS);
  }

  @Test
  void survivorSetsBelowTheCohortMinimumAreRefused() {
    Roster roster = masked();
    assertThat(
            survivorRefusal(
                PlainSession.survivors(
                    roster, coordinator.allBut(5, 6, 7), Set.of(agent(5), agent(6), agent(7)))))
        .isEqualTo(RefusalReason.TOO_FEW_SURVIVORS);
  }

  /** Six survive, as many as a sum needs, but only five of them are neighbours. */
  @Test
  void survivorSetsWithFewerThanTheThresholdOfItsNeighboursAreRefused() {
    Roster roster = masked();
    assertThat(
            survivorRefusal(
                PlainSession.survivors(
                    roster, coordinator.allBut(6, 7), Set.of(agent(6), agent(7)))))
        .isEqualTo(RefusalReason.TOO_FEW_SURVIVING_NEIGHBOURS);
  }

  @Test
  void aStrangerAmongTheSurvivorsIsRefused() {
    Roster roster = masked();
    SortedSet<AgentId> alive = coordinator.allBut(7);
    alive.add(new AgentId("stranger"));
    assertThat(survivorRefusal(PlainSession.survivors(roster, alive, Set.of())))
        .isEqualTo(RefusalReason.SURVIVOR_NOT_IN_ROSTER);
  }

  @Test
  void moreSurvivorsThanParticipantsAreRefusedUnread() {
    Roster roster = masked();
    SortedSet<AgentId> alive = coordinator.all();
    alive.add(new AgentId("stranger"));
    assertThat(survivorRefusal(PlainSession.survivors(roster, alive, Set.of())))
        .isEqualTo(RefusalReason.OVERSIZED_MESSAGE);
  }

  @Test
  void moreConfirmationsThanNeighboursAreRefusedUnread() {
    SurvivorSet set = PlainSession.survivors(masked(), coordinator.all(), Set.of());
    List<Confirmation> confirmations = coordinator.confirm(set, coordinator.all());
    assertThat(
            coordinator.refusal(
                coordinator.tell(victim, new ClientEvent.UnmaskingRequested(confirmations))))
        .isEqualTo(RefusalReason.OVERSIZED_MESSAGE);
  }

  @Test
  void aNeighbourInNeitherSetIsRefused() {
    Roster roster = masked();
    assertThat(survivorRefusal(PlainSession.survivors(roster, coordinator.allBut(4), Set.of())))
        .isEqualTo(RefusalReason.NEIGHBOUR_UNACCOUNTED);
  }

  @Test
  void survivorsOfAReplayedSessionAreRefused() {
    Roster roster = masked();
    SurvivorSet replayed =
        new SurvivorSet(
            Octets.owning(new byte[32]), roster.root(), coordinator.all(), coordinator.allBut());
    assertThat(survivorRefusal(replayed)).isEqualTo(RefusalReason.SURVIVORS_OF_ANOTHER_SESSION);
  }

  private Roster masked() {
    Roster roster = coordinator.advertise(coordinator.all());
    coordinator.maskAndAdd(coordinator.share(roster, coordinator.all()), coordinator.all());
    return roster;
  }

  private RefusalReason survivorRefusal(SurvivorSet set) {
    return coordinator.refusal(coordinator.tell(victim, new ClientEvent.SurvivorsAnnounced(set)));
  }

  @Test
  void twoInclusionSetsForOneSessionOpenNeither() {
    Roster roster = masked();
    SurvivorSet everybody = PlainSession.survivors(roster, coordinator.all(), Set.of());
    SurvivorSet lessOne = PlainSession.survivors(roster, coordinator.allBut(7), Set.of(agent(7)));
    SortedSet<AgentId> half = coordinator.allBut(4, 5, 6, 7);
    SortedSet<AgentId> otherHalf = coordinator.allBut(0, 1, 2, 3, 7);
    List<Confirmation> confirmations = coordinator.confirm(everybody, half);
    confirmations.addAll(coordinator.confirm(lessOne, otherHalf));
    for (AgentId agent : coordinator.allBut(7)) {
      assertThat(
              coordinator.refusal(
                  coordinator.tell(agent, PlainCoordinator.request(agent, confirmations))))
          .isEqualTo(RefusalReason.SURVIVORS_NOT_CONFIRMED);
      assertThat(coordinator.hasAnswered(agent)).isFalse();
    }
  }

  @Test
  void aSecondSurvivorSetAfterConfirmingTheFirstEndsTheSession() {
    Roster roster = masked();
    coordinator.confirm(
        PlainSession.survivors(roster, coordinator.all(), Set.of()), Set.of(victim));
    assertThat(
            survivorRefusal(
                PlainSession.survivors(roster, coordinator.allBut(7), Set.of(agent(7)))))
        .isEqualTo(RefusalReason.CONFLICTING_MESSAGE);
  }

  @Test
  void oneConfirmationRepeatedIsOne() {
    SurvivorSet set = PlainSession.survivors(masked(), coordinator.all(), Set.of());
    List<Confirmation> confirmations = coordinator.confirm(set, coordinator.all());
    List<Confirmation> repeated = Collections.nCopies(7, confirmations.get(1));
    assertThat(
            coordinator.refusal(
                coordinator.tell(victim, new ClientEvent.UnmaskingRequested(repeated))))
        .isEqualTo(RefusalReason.SURVIVORS_NOT_CONFIRMED);
  }

  @Test
  void confirmationsForgedByTheCoordinatorDoNotCount() {
    SurvivorSet set = PlainSession.survivors(masked(), coordinator.all(), Set.of());
    List<Confirmation> forged = new ArrayList<>();
    for (Confirmation real : coordinator.confirm(set, coordinator.all())) {
      forged.add(
          real.signed(coordinator.signer.sign(coordinator.coordinatorKey, real.statement())));
    }
    assertThat(
            coordinator.refusal(coordinator.tell(victim, PlainCoordinator.request(victim, forged))))
        .isEqualTo(RefusalReason.SURVIVORS_NOT_CONFIRMED);
  }

  @Test
  void nothingIsReleasedBeforeTheDecisionIsOnDiskOrAfterOneWasThere() {
    SurvivorSet set = PlainSession.survivors(masked(), coordinator.all(), Set.of());
    List<Confirmation> confirmations = coordinator.confirm(set, coordinator.all());
    ClientEvent request = PlainCoordinator.request(victim, confirmations);
    assertThat(coordinator.tell(victim, request))
        .containsExactly(new ClientEffect.PersistDecision(descriptor().sessionId(), set.root()));
    assertThat(coordinator.tell(victim, request)).isEmpty();
    Octets anotherSession = Octets.owning(new byte[32]);
    assertThat(coordinator.tell(victim, new ClientEvent.DecisionPersisted(anotherSession)))
        .isEmpty();
    assertThat(coordinator.hasAnswered(victim)).isFalse();
    assertThat(
            coordinator.refusal(
                coordinator.tell(
                    victim, new ClientEvent.DecisionRefused(descriptor().sessionId()))))
        .isEqualTo(RefusalReason.ANSWERED_BEFORE);
    assertThat(
            coordinator.tell(victim, new ClientEvent.DecisionPersisted(descriptor().sessionId())))
        .isEmpty();
  }

  @Test
  void aSecondUnmaskingRequestIsNotAnswered() {
    SurvivorSet set = PlainSession.survivors(masked(), coordinator.all(), Set.of());
    List<Confirmation> confirmations = coordinator.confirm(set, coordinator.all());
    coordinator.unmask(confirmations, Set.of(victim));
    assertThat(coordinator.tell(victim, PlainCoordinator.request(victim, confirmations))).isEmpty();
    assertThat(
            coordinator.tell(victim, new ClientEvent.DecisionPersisted(descriptor().sessionId())))
        .isEmpty();
  }

  @Test
  void redeliveredMessagesChangeNothing() {
    Roster roster = coordinator.advertise(coordinator.all());
    assertThat(coordinator.tell(victim, coordinator.offer(descriptor()))).isEmpty();
    coordinator.share(roster, coordinator.all());
    assertThat(coordinator.tell(victim, new ClientEvent.RosterReceived(roster))).isEmpty();
    assertThat(coordinator.tell(victim, coordinator.offer(descriptor()))).isEmpty();
  }

  @Test
  void secretsAreGoneOnceAParticipantLeaves() {
    Roster roster = coordinator.advertise(coordinator.all());
    coordinator.share(roster, coordinator.all());
    assertThat(coordinator.refusal(coordinator.tell(victim, new ClientEvent.Cancelled())))
        .isEqualTo(RefusalReason.CANCELLED);
    assertThat(coordinator.phases.get(victim))
        .isEqualTo(new ClientPhase.Aborted(RefusalReason.CANCELLED));
  }

  @Test
  void twoSessionsShareNoMaskEvenWithTheSameChannelKeys() {
    Roster first = coordinator.advertise(coordinator.all());
    refresh();
    KeyAdvertisement again =
        coordinator
            .only(
                coordinator.tell(victim, coordinator.offer(descriptor())),
                ClientEffect.SendAdvertisement.class)
            .message();
    assertThat(again.channelKey()).isEqualTo(first.entryOf(victim).channelKey());
    assertThat(again.maskKey()).isNotEqualTo(first.entryOf(victim).maskKey());
  }
}
