package io.covey.edgeagent.rounds;

import static io.covey.edgeagent.rounds.ForgedRoster.altered;
import static io.covey.edgeagent.rounds.ForgedRoster.flipped;
import static io.covey.edgeagent.rounds.ForgedRoster.octets;
import static io.covey.edgeagent.rounds.ForgedRoster.others;
import static io.covey.edgeagent.rounds.ForgedRoster.page;
import static io.covey.edgeagent.rounds.ForgedRoster.withMaskKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.client.RefusalReason;
import io.covey.crypto.secagg.wire.ToParticipant;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SealedBox;
import io.covey.protocols.message.SecureAggregationTerms.Adversary;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.UnmaskingRequested;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A coordinator that lies to one participant, in every way that the participant can notice. */
class SessionRefusalTest {
  private static final long SEED = 5;

  /** Ones that no message brings about; others have a test of their own here or next door. */
  private static final Set<RefusalReason> NOT_BY_MESSAGES =
      EnumSet.of(
          // The descriptor is derived from the plan, never received beside it.
          RefusalReason.DESCRIPTOR_UNEXPECTED,
          // Ranks beyond the roster are no message.
          RefusalReason.SURVIVOR_NOT_IN_ROSTER,
          RefusalReason.CANCELLED,
          // RoundSessionTest restarts an agent.
          RefusalReason.ANSWERED_BEFORE);

  private final Set<RefusalReason> seen = EnumSet.noneOf(RefusalReason.class);
  private SessionFleet fleet = new SessionFleet(SEED);

  @Test
  void everyLieOfTheCoordinatorEndsInARefusalThatNamesItAndReleasesNothing() {
    plansOfAnotherCoordinator();
    plansBelowTheMinima();
    rosters();
    shares();
    survivors();
    requests();
    Set<RefusalReason> expected = EnumSet.allOf(RefusalReason.class);
    expected.removeAll(NOT_BY_MESSAGES);
    assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
  }

  private void plansOfAnotherCoordinator() {
    fleet = new SessionFleet(SEED);
    RoundPlan honest = fleet.plan;
    refuses(
        RefusalReason.COORDINATOR_SIGNATURE_INVALID,
        RoundPlan.class,
        plan -> withTraining(honest, new LocalTraining(2, 10, 0.1f, 0)));
    try (TrialAuthority elsewhere =
        TrialAuthority.insecureSeeded(SessionFleet.FLEET, new Ed25519(), 2)) {
      refuses(
          RefusalReason.COORDINATOR_SIGNATURE_INVALID,
          RoundPlan.class,
          plan -> SessionCoordinator.sign(elsewhere.coordinator(), plan));
    }
  }

  private static RoundPlan withTraining(RoundPlan plan, LocalTraining training) {
    return new RoundPlan(
        plan.round(),
        plan.base(),
        training,
        plan.encoding(),
        plan.cohortSize(),
        plan.minimumReports(),
        plan.reportingPeriod(),
        plan.aggregation(),
        plan.signature());
  }

  /** Signed by the coordinator, and not good enough. */
  private void plansBelowTheMinima() {
    ParticipantMinima defaults = ParticipationLimits.DEFAULT_MINIMA;
    refusesPlan(RefusalReason.COHORT_TOO_SMALL, honest(), minima(7, 3, 0.5, 0));
    refusesPlan(RefusalReason.NOISE_TOO_LOW, honest(), minima(3, 3, 0.5, 1));
    refusesPlan(RefusalReason.TOO_FEW_NEIGHBOURS, terms(4, 4, 0.1), minima(3, 6, 0.5, 0));
    refusesPlan(RefusalReason.THRESHOLD_TOO_LOW, terms(7, 3, 0.1), defaults);
    // Above the agent's own fraction, and below what the session's own assumptions call for.
    refusesPlan(RefusalReason.THRESHOLD_TOO_LOW, terms(7, 5, 0.1), minima(3, 3, 0, 0));
    refusesPlan(
        RefusalReason.ADVERSARY_TOO_WEAK,
        plan -> SessionFleet.unsigned(SessionFleet.terms(7, 6, Adversary.SEMI_HONEST, 0.1)),
        defaults);
    refusesPlan(RefusalReason.ADVERSARY_TOO_WEAK, terms(7, 6, 0.01), defaults);
    refusesPlan(RefusalReason.ASSUMPTIONS_INFEASIBLE, terms(7, 6, 0.4), defaults);
  }

  private static UnaryOperator<RoundPlan> honest() {
    return UnaryOperator.identity();
  }

  private static UnaryOperator<RoundPlan> terms(int neighbours, int threshold, double corrupt) {
    return plan ->
        SessionFleet.unsigned(
            SessionFleet.terms(neighbours, threshold, Adversary.SEMI_MALICIOUS, corrupt));
  }

  private static ParticipantMinima minima(
      int cohort, int neighbours, double threshold, double noise) {
    return new ParticipantMinima(
        cohort,
        neighbours,
        threshold,
        noise,
        new ParticipantMinima.Adversary(AdversaryModel.SEMI_MALICIOUS, 0.05, 40));
  }

  private void refusesPlan(
      RefusalReason reason, UnaryOperator<RoundPlan> bend, ParticipantMinima minima) {
    fleet = new SessionFleet(SEED, bend);
    fleet.join(SessionFleet.VICTIM, new InMemoryDecisionLog(), minima, new Random(9));
    fleet.run();
    requireRefused(reason);
    assertThat(fleet.victim().published).isEmpty();
  }

  private void rosters() {
    refuses(
        RefusalReason.ROSTER_SIZE,
        RosterPage.class,
        page -> page(page, page.entries().subList(0, SessionFleet.MINIMUM - 1)));
    refuses(RefusalReason.OWN_ENTRY_ALTERED, RosterPage.class, page -> page(page, others(page)));
    refuses(
        RefusalReason.OWN_ENTRY_ALTERED,
        RosterPage.class,
        page -> altered(page, SessionFleet.VICTIM, e -> withMaskKey(e, flipped(e.maskKey()))));
    refuses(
        RefusalReason.NEIGHBOUR_SIGNATURE_INVALID,
        RosterPage.class,
        page -> altered(page, neighbour(), e -> withMaskKey(e, flipped(e.maskKey()))));
    refuses(
        RefusalReason.NEIGHBOUR_SIGNATURE_INVALID,
        RosterPage.class,
        page -> altered(page, neighbour(), e -> new ForgedRoster(fleet).withForeignIdentity(e)));
    refuses(
        RefusalReason.DUPLICATE_KEY,
        RosterPage.class,
        page -> {
          ByteString taken = page.entries().get(5).maskKey();
          return altered(page, neighbour(), e -> withMaskKey(e, taken));
        });
    refuses(
        RefusalReason.NEIGHBOUR_KEY_INVALID,
        RosterPage.class,
        page -> altered(page, neighbour(), e -> new ForgedRoster(fleet).withPowerlessKey(e)));
    refusesAll(
        RefusalReason.ROSTER_OF_ANOTHER_SESSION,
        RosterPage.class,
        page ->
            List.of(
                new RosterPage(page.round(), page.session(), 0, 2, page.entries().subList(0, 4)),
                new RosterPage(
                    page.round(),
                    flipped(page.session()),
                    1,
                    2,
                    page.entries().subList(4, page.entries().size()))));
  }

  private static AgentId neighbour() {
    return SessionFleet.agent(1);
  }

  private void shares() {
    refuses(
        RefusalReason.TOO_FEW_SHARES,
        SharesDelivered.class,
        delivered -> boxes(delivered, delivered.boxes().subList(0, 5)));
    refuses(
        RefusalReason.TOO_FEW_SHARES,
        SharesDelivered.class,
        delivered ->
            boxes(
                delivered,
                delivered.boxes().stream()
                    .map(box -> new SealedBox(box.rank(), flipped(box.sealed())))
                    .toList()));
    refuses(
        RefusalReason.SHARES_OF_A_STRANGER,
        SharesDelivered.class,
        delivered -> {
          List<SealedBox> boxes = new ArrayList<>(delivered.boxes().subList(1, 7));
          boxes.add(ownBox(delivered));
          return boxes(delivered, boxes);
        });
    refuses(
        RefusalReason.OVERSIZED_MESSAGE,
        SharesDelivered.class,
        delivered -> {
          List<SealedBox> boxes = new ArrayList<>(delivered.boxes());
          boxes.add(ownBox(delivered));
          return boxes(delivered, boxes);
        });
    refusesAll(
        RefusalReason.CONFLICTING_MESSAGE,
        SharesDelivered.class,
        delivered -> List.of(delivered, boxes(delivered, delivered.boxes().subList(0, 6))));
  }

  private SealedBox ownBox(SharesDelivered delivered) {
    int rank = fleet.coordinator.roster().rankOf(SessionFleet.VICTIM);
    return new SealedBox(rank, delivered.boxes().get(0).sealed());
  }

  private static SharesDelivered boxes(SharesDelivered delivered, List<SealedBox> boxes) {
    return new SharesDelivered(delivered.round(), delivered.session(), boxes);
  }

  private void survivors() {
    refuses(
        RefusalReason.SURVIVORS_OF_ANOTHER_SESSION,
        SurvivorsAnnounced.class,
        said ->
            new SurvivorsAnnounced(
                said.round(),
                flipped(said.session()),
                said.rosterRoot(),
                said.survivors(),
                said.dropped()));
    refusesSet(RefusalReason.NAMED_ALIVE_AND_DEAD, all(), Set.of(neighbour()));
    refusesSet(
        RefusalReason.NOT_AMONG_SURVIVORS,
        without(SessionFleet.VICTIM),
        Set.of(SessionFleet.VICTIM));
    refusesSet(RefusalReason.TOO_FEW_SURVIVORS, without(agents(5, 6, 7)), Set.of(agents(5, 6, 7)));
    refusesSet(
        RefusalReason.TOO_FEW_SURVIVING_NEIGHBOURS, without(agents(5, 6)), Set.of(agents(5, 6)));
    refusesSet(RefusalReason.NEIGHBOUR_UNACCOUNTED, without(neighbour()), Set.of());
    // A neighbour's shares are kept back, and it is said to be in the sum all the same.
    refuses(
        RefusalReason.SHARES_WITHHELD,
        SharesDelivered.class,
        delivered -> boxes(delivered, delivered.boxes().subList(0, 6)));
  }

  private static AgentId[] agents(int... numbers) {
    AgentId[] agents = new AgentId[numbers.length];
    Arrays.setAll(agents, i -> SessionFleet.agent(numbers[i]));
    return agents;
  }

  private SortedSet<AgentId> all() {
    return new TreeSet<>(fleet.participants.keySet());
  }

  private SortedSet<AgentId> without(AgentId... missing) {
    SortedSet<AgentId> rest = all();
    rest.removeAll(List.of(missing));
    return rest;
  }

  private void refusesSet(RefusalReason reason, Set<AgentId> alive, Set<AgentId> dropped) {
    refuses(
        reason,
        SurvivorsAnnounced.class,
        said ->
            ToParticipant.write(
                said.round(),
                new SurvivorSet(
                    fleet.coordinator.session(),
                    octets(said.rosterRoot()),
                    new TreeSet<>(alive),
                    new TreeSet<>(dropped)),
                fleet.coordinator.roster()));
  }

  private void requests() {
    refuses(
        RefusalReason.SURVIVORS_NOT_CONFIRMED,
        UnmaskingRequested.class,
        asked -> request(asked, asked.root(), asked.confirmations().subList(0, 5)));
    refuses(
        RefusalReason.SURVIVORS_NOT_CONFIRMED,
        UnmaskingRequested.class,
        asked -> request(asked, flipped(asked.root()), asked.confirmations()));
    refuses(
        RefusalReason.SURVIVORS_NOT_CONFIRMED,
        UnmaskingRequested.class,
        asked ->
            request(
                asked,
                asked.root(),
                asked.confirmations().stream()
                    .map(c -> new UnmaskingRequested.Signed(c.rank(), flipped(c.signature())))
                    .toList()));
    // One signature, said to be everybody's.
    refuses(
        RefusalReason.SURVIVORS_NOT_CONFIRMED,
        UnmaskingRequested.class,
        asked -> {
          UnmaskingRequested.Signed first = asked.confirmations().get(0);
          return request(asked, asked.root(), Collections.nCopies(7, first));
        });
    // Two answers for two survivor sets: the second set is not even confirmed.
    SortedSet<AgentId> fewer = without(neighbour());
    refusesAll(
        RefusalReason.CONFLICTING_MESSAGE,
        SurvivorsAnnounced.class,
        said ->
            List.of(
                said,
                ToParticipant.write(
                    said.round(),
                    new SurvivorSet(
                        fleet.coordinator.session(),
                        octets(said.rosterRoot()),
                        fewer,
                        new TreeSet<>(Set.of(neighbour()))),
                    fleet.coordinator.roster())));
  }

  private static UnmaskingRequested request(
      UnmaskingRequested asked, ByteString root, List<UnmaskingRequested.Signed> confirmations) {
    return new UnmaskingRequested(asked.round(), asked.session(), root, confirmations);
  }

  private <M extends RoundMessage> void refuses(
      RefusalReason reason, Class<M> kind, Function<M, RoundMessage> lie) {
    refusesAll(reason, kind, message -> List.of(lie.apply(message)));
  }

  private <M extends RoundMessage> void refusesAll(
      RefusalReason reason, Class<M> kind, Function<M, List<RoundMessage>> lie) {
    fleet = new SessionFleet(SEED);
    fleet.down =
        (agent, message) ->
            agent.equals(SessionFleet.VICTIM) && kind.isInstance(message)
                ? lie.apply(kind.cast(message))
                : List.of(message);
    fleet.run();
    requireRefused(reason);
  }

  private void requireRefused(RefusalReason reason) {
    seen.add(reason);
    Participant victim = fleet.victim();
    // The last thing that it did: nothing is said after it has left.
    assertThat(victim.end()).isEqualTo("left " + reason);
    assertThat(victim.count(SharesReleased.class)).isZero();
    assertThat(victim.secretsWiped()).isTrue();
  }
}
