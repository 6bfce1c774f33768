package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.COHORT;
import static io.covey.crypto.secagg.client.PlainSession.MODEL;
import static io.covey.crypto.secagg.client.PlainSession.THRESHOLD;
import static io.covey.crypto.secagg.client.PlainSession.agent;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * A coordinator that lies, goes on with whoever still answers, and then tries to open an update
 * from all that it was given. Participants refuse by name, and it opens none; seed 2718.
 */
class LyingCoordinatorTest {
  private PlainCoordinator world = new PlainCoordinator(2718);
  private final AgentId victim = agent(0);
  private final Map<AgentId, RefusalReason> refusals = new TreeMap<>();
  private Roster roster = new Roster(List.of());
  private Map<AgentId, SealedShares> shares = Map.of();

  private void shareKeys() {
    roster = world.advertise(world.all());
    shares = world.share(roster, world.all());
  }

  private void maskAll() {
    shareKeys();
    world.maskAndAdd(shares, world.all());
  }

  /** Tells each a survivor set, and shows everybody all confirmations that it could use. */
  private void finish(Function<AgentId, SurvivorSet> told) {
    List<Confirmation> confirmations = new ArrayList<>();
    for (AgentId agent : world.all()) {
      for (ClientEffect effect :
          world.tell(agent, new ClientEvent.SurvivorsAnnounced(told.apply(agent)))) {
        if (effect instanceof ClientEffect.SendConfirmation send) {
          confirmations.add(send.message());
        }
        note(agent, effect);
      }
    }
    world.all().forEach(agent -> request(agent, confirmations));
  }

  private void request(AgentId agent, List<Confirmation> confirmations) {
    for (ClientEffect effect : world.tell(agent, PlainCoordinator.request(agent, confirmations))) {
      note(agent, effect);
      if (effect instanceof ClientEffect.PersistDecision decision) {
        world
            .tell(agent, new ClientEvent.DecisionPersisted(decision.session()))
            .forEach(e -> note(agent, e));
      }
    }
  }

  private void note(AgentId agent, ClientEffect effect) {
    if (effect instanceof ClientEffect.Leave leave) {
      refusals.put(agent, leave.reason());
    }
  }

  private void requireThatNoUpdateOpens() {
    Attacker attacker =
        new Attacker(world, roster, PlainSession.descriptor().sessionId(), Set.of());
    attacker.learnReleases();
    attacker.requireThatNoUpdateOpens();
  }

  private SurvivorSet survivors(int... dropped) {
    SortedSet<AgentId> gone = world.all();
    gone.removeAll(world.allBut(dropped));
    return PlainSession.survivors(roster, world.allBut(dropped), gone);
  }

  private void requireRefused(RefusalReason reason, Set<AgentId> by) {
    assertThat(refusals.keySet()).containsAll(by);
    by.forEach(agent -> assertThat(refusals).containsEntry(agent, reason));
    by.forEach(agent -> assertThat(world.hasAnswered(agent)).isFalse());
  }

  /** That the attack is one: whoever holds t shares of both secrets has the update. */
  @Test
  void withTheHelpOfTheThresholdItWouldOpenAnUpdate() {
    maskAll();
    Set<AgentId> helpers = world.allBut(0, 1);
    Attacker attacker = new Attacker(world, roster, PlainSession.descriptor().sessionId(), helpers);
    attacker.openBoxes(shares);
    assertThat(attacker.open(victim)).hasValue(requireNonNull(world.inputs.get(victim)));
  }

  @Test
  void withOneHelperFewerItOpensNone() {
    maskAll();
    Set<AgentId> helpers = world.allBut(0, 1, 2);
    finish(agent -> survivors());
    Attacker attacker = new Attacker(world, roster, PlainSession.descriptor().sessionId(), helpers);
    attacker.openBoxes(shares);
    attacker.learnReleases();
    attacker.requireThatNoUpdateOpens();
  }

  @Test
  void anHonestSumOpensWithoutAnyUpdateOpening() {
    maskAll();
    finish(agent -> survivors());
    assertThat(refusals).isEmpty();
    assertThat(world.all()).allMatch(world::hasAnswered);
    requireThatNoUpdateOpens();
  }

  @Test
  void differentSurvivorsForDifferentParticipantsOpenNothing() {
    maskAll();
    finish(agent -> agent.compareTo(agent(4)) < 0 ? survivors() : survivors(7));
    requireRefused(RefusalReason.SURVIVORS_NOT_CONFIRMED, world.allBut(7));
    requireThatNoUpdateOpens();
  }

  /** Whatever two or three sets it tells to whomever. Seeds are printed. */
  @Test
  void noWayToTellSurvivorsOpensAnUpdateOrTwoSums() {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      LyingCoordinatorTest lie = new LyingCoordinatorTest();
      lie.world = new PlainCoordinator(seed);
      lie.maskAll();
      List<SurvivorSet> sets =
          List.of(
              lie.survivors(),
              lie.survivors(random.nextInt(COHORT)),
              lie.survivors(random.nextInt(4), 4 + random.nextInt(4)));
      int kinds = 2 + random.nextInt(2);
      int odds = 1 + random.nextInt(10);
      lie.finish(agent -> sets.get(random.nextInt(odds) == 0 ? random.nextInt(kinds) : kinds - 1));
      System.out.println("seed " + seed + " refused by " + lie.refusals);
      lie.requireThatNoUpdateOpens();
      lie.requireThatOneSetAtMostIsAnswered();
    }
  }

  private void requireThatOneSetAtMostIsAnswered() {
    Set<Octets> answered = new TreeSet<>();
    world.effects.forEach(
        (agent, effects) ->
            effects.forEach(
                effect -> {
                  if (effect instanceof ClientEffect.PersistDecision decision) {
                    answered.add(decision.survivorRoot());
                  }
                }));
    assertThat(answered).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void aParticipantNamedAliveAndDeadOpensNothing() {
    maskAll();
    finish(agent -> PlainSession.survivors(roster, world.all(), Set.of(agent(3))));
    requireRefused(RefusalReason.NAMED_ALIVE_AND_DEAD, world.all());
    requireThatNoUpdateOpens();
  }

  @Test
  void anAlteredKeyInOneRosterOpensNothing() {
    roster = world.advertise(world.all());
    Octets coordinatorsOwn = world.agreement.publicKeyOf(world.coordinatorKey);
    List<KeyAdvertisement> entries = new ArrayList<>();
    for (KeyAdvertisement e : roster.entries()) {
      entries.add(
          e.from().equals(agent(3))
              ? new KeyAdvertisement(
                  e.session(), e.from(), e.maskKey(), coordinatorsOwn, e.nonce(), e.signature())
              : e);
    }
    ClientEvent altered = new ClientEvent.RosterReceived(new Roster(entries));
    world.tell(victim, altered).forEach(effect -> note(victim, effect));
    requireRefused(RefusalReason.NEIGHBOUR_SIGNATURE_INVALID, Set.of(victim));
    shares = world.share(roster, world.allBut(0));
    world.maskAndAdd(shares, world.allBut(0));
    finish(agent -> PlainSession.survivors(roster, world.allBut(0), Set.of()));
    requireThatNoUpdateOpens();
  }

  /** Half of them are told that one participant is not there. */
  @Test
  void differentRostersForDifferentParticipantsOpenNothing() {
    roster = world.advertise(world.all());
    Roster other = new Roster(roster.entries().subList(0, 7));
    Map<AgentId, SealedShares> all = new HashMap<>(world.share(roster, world.allBut(0, 1, 2, 3)));
    all.putAll(world.share(other, world.allBut(4, 5, 6, 7)));
    shares = all;
    for (AgentId agent : world.all()) {
      Map<AgentId, Octets> boxes = PlainCoordinator.boxesFor(agent, shares);
      if (agent.compareTo(agent(4)) < 0) {
        boxes.remove(agent(7));
      }
      world
          .tell(agent, new ClientEvent.SharesDelivered(boxes))
          .forEach(effect -> note(agent, effect));
    }
    requireRefused(RefusalReason.TOO_FEW_SHARES, world.all());
    assertThat(world.masked).isEmpty();
  }

  /**
   * Each of two participants is told that the other shared nothing. Their masks with the rest would
   * stay, theirs with each other would not be there; many such lies cut a cohort into pieces.
   */
  @Test
  void differentDeliveriesToDifferentParticipantsOpenNothing() {
    shareKeys();
    for (AgentId agent : world.all()) {
      Map<AgentId, Octets> boxes = PlainCoordinator.boxesFor(agent, shares);
      if (agent.equals(agent(0))) {
        boxes.remove(agent(1));
      } else if (agent.equals(agent(1))) {
        boxes.remove(agent(0));
      }
      world.deliver(agent, boxes);
    }
    finish(agent -> survivors());
    requireRefused(RefusalReason.SHARES_WITHHELD, Set.of(agent(0), agent(1)));
    requireRefused(RefusalReason.SURVIVORS_NOT_CONFIRMED, world.allBut(0, 1));
    requireThatNoUpdateOpens();
  }

  @Test
  void aReplayedSessionIsRefused() {
    SessionDescriptor now = PlainSession.descriptor();
    SessionDescriptor before =
        new SessionDescriptor(
            now.fleet(),
            new RoundId("round-0"),
            now.model(),
            now.vector(),
            now.cohort(),
            now.assumptions(),
            now.phaseTimeout(),
            now.terms());
    world.tell(victim, world.offer(before)).forEach(effect -> note(victim, effect));
    requireRefused(RefusalReason.DESCRIPTOR_UNEXPECTED, Set.of(victim));
  }

  @Test
  void aDifferentPlanForOneParticipantIsRefused() {
    SessionDescriptor now = PlainSession.descriptor();
    SessionDescriptor other =
        new SessionDescriptor(
            now.fleet(),
            now.round(),
            now.model(),
            now.vector(),
            now.cohort(),
            now.assumptions(),
            now.phaseTimeout(),
            Octets.owning(Sha256.of(new byte[0]).toBytes()));
    world.tell(victim, world.offer(other)).forEach(effect -> note(victim, effect));
    requireRefused(RefusalReason.DESCRIPTOR_UNEXPECTED, Set.of(victim));
  }

  @Test
  void aDifferentModelForOneParticipantIsRefused() {
    SessionDescriptor.Model other =
        new SessionDescriptor.Model(MODEL.name(), MODEL.version(), Sha256.of(new byte[] {2}));
    SessionDescriptor.Cohort cohort = PlainSession.descriptor().cohort();
    world
        .tell(victim, world.offer(PlainSession.descriptor(cohort, other)))
        .forEach(effect -> note(victim, effect));
    requireRefused(RefusalReason.DESCRIPTOR_UNEXPECTED, Set.of(victim));
  }

  @Test
  void aShrunkCohortNeighbourhoodOrThresholdIsRefused() {
    Map<SessionDescriptor.Cohort, RefusalReason> lies =
        Map.of(
            new SessionDescriptor.Cohort(4, COHORT, COHORT - 1, THRESHOLD),
                RefusalReason.COHORT_TOO_SMALL,
            new SessionDescriptor.Cohort(6, COHORT, 6, 6), RefusalReason.TOO_FEW_NEIGHBOURS,
            // Above the participant's own fraction, but below 2n/3.
            new SessionDescriptor.Cohort(6, COHORT, COHORT - 1, THRESHOLD - 1),
                RefusalReason.THRESHOLD_TOO_LOW);
    Map<SessionDescriptor.Cohort, RefusalReason> seen = new HashMap<>();
    lies.forEach(
        (cohort, reason) -> {
          world.restart(victim, PlainSession.minima(0));
          seen.put(
              cohort,
              world.refusal(
                  world.tell(victim, world.offer(PlainSession.descriptor(cohort, MODEL)))));
        });
    assertThat(seen).isEqualTo(lies);
  }

  @Test
  void aRosterShrunkBelowTheMinimumIsRefused() {
    roster = world.advertise(world.all());
    Roster few = new Roster(roster.entries().subList(0, 5));
    world.tell(victim, new ClientEvent.RosterReceived(few)).forEach(effect -> note(victim, effect));
    requireRefused(RefusalReason.ROSTER_SIZE, Set.of(victim));
  }

  /** After everybody has answered for all of them, it asks again, for all but one. */
  @Test
  void aSecondRequestToUnmaskIsNotAnswered() {
    maskAll();
    finish(agent -> survivors());
    int answers = answers();
    finish(agent -> survivors(7));
    assertThat(answers()).isEqualTo(answers).isEqualTo(COHORT);
    requireThatNoUpdateOpens();
  }

  private int answers() {
    return (int)
        world.effects.values().stream()
            .flatMap(List::stream)
            .filter(ClientEffect.SendUnmasking.class::isInstance)
            .count();
  }

  @Test
  void aSecondSetBeforeAnybodyHasAnsweredOpensNothing() {
    maskAll();
    for (AgentId agent : world.all()) {
      world.tell(agent, new ClientEvent.SurvivorsAnnounced(survivors()));
    }
    finish(agent -> survivors(7));
    requireRefused(RefusalReason.CONFLICTING_MESSAGE, world.all());
    requireThatNoUpdateOpens();
  }

  @Test
  void confirmationsOfOthersCannotBeRepeatedToReachTheThreshold() {
    maskAll();
    SurvivorSet set = survivors();
    List<Confirmation> few = world.confirm(set, world.allBut(5, 6, 7));
    List<Confirmation> repeated = new ArrayList<>();
    few.forEach(confirmation -> repeated.addAll(Collections.nCopies(2, confirmation)));
    request(victim, repeated.subList(2, 9));
    requireRefused(RefusalReason.SURVIVORS_NOT_CONFIRMED, Set.of(victim));
  }

  @Test
  void masksOfASessionAreOnThatSessionsModelOnly() {
    maskAll();
    Octets session = PlainSession.descriptor().sessionId();
    Attacker wrong = new Attacker(world, roster, Octets.owning(new byte[32]), world.allBut(0));
    Attacker right = new Attacker(world, roster, session, world.allBut(0));
    right.openBoxes(shares);
    assertThat(right.open(victim)).hasValue(requireNonNull(world.inputs.get(victim)));
    assertThatThrownBy(() -> wrong.openBoxes(shares)).isInstanceOf(NoSuchElementException.class);
  }
}
