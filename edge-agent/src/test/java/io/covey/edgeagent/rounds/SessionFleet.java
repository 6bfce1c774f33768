package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.SecureAggregationTerms.Adversary;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.time.VirtualTime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * The sessions of a cohort of eight, of which one may be missing, against one coordinator under
 * virtual time, over a wire that a test may bend.
 */
final class SessionFleet {
  static final FleetId FLEET = new FleetId("test");
  static final RoundId ROUND = new RoundId("r1");
  static final int COHORT = 8;
  static final int MINIMUM = 6;
  static final AgentId VICTIM = agent(3);

  /** Two chunks. */
  static final int PARAMETERS = 50_000;

  static final Duration TRAINING = Duration.ofSeconds(2);
  private static final Duration TRANSIT = Duration.ofMillis(1);

  final VirtualTime time = new VirtualTime(Instant.EPOCH);
  final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);
  final TreeMap<AgentId, Participant> participants = new TreeMap<>();
  private final Map<AgentId, AgentIdentity> identities = new HashMap<>();
  final RoundPlan plan;
  final SessionCoordinator coordinator;

  /** What becomes of a message to or from an agent. */
  BiFunction<AgentId, RoundMessage, List<RoundMessage>> down = (agent, message) -> List.of(message);

  BiFunction<AgentId, RoundMessage, List<RoundMessage>> up = (agent, message) -> List.of(message);

  SessionFleet(long seed) {
    this(seed, UnaryOperator.identity());
  }

  /**
   * A fleet that agrees to the default minima.
   *
   * @param bend what the coordinator changes of the plan before it signs it
   */
  SessionFleet(long seed, UnaryOperator<RoundPlan> bend) {
    plan = SessionCoordinator.sign(authority.coordinator(), bend.apply(unsigned(terms())));
    coordinator = new SessionCoordinator(time, authority.coordinator(), plan, this::tell);
    Random random = new Random(seed);
    for (int i = 1; i <= COHORT; i++) {
      join(agent(i), new InMemoryDecisionLog(), ParticipationLimits.DEFAULT_MINIMA, random);
    }
  }

  static AgentId agent(int number) {
    return new AgentId("agent-" + number);
  }

  /** Puts a participant in the place of the one that has its id, and its identity. */
  Participant join(AgentId id, DecisionLog log, ParticipantMinima minima, Random random) {
    AgentIdentity identity = identities.computeIfAbsent(id, agent -> authority.enrol(agent, 1));
    Participant participant = new Participant(this, identity, log, minima, random.nextLong());
    participants.put(id, participant);
    return participant;
  }

  Participant participant(AgentId id) {
    return Objects.requireNonNull(participants.get(id));
  }

  Participant victim() {
    return participant(VICTIM);
  }

  static SecureAggregationTerms terms() {
    return terms(COHORT - 1, 6, Adversary.SEMI_MALICIOUS, 0.1);
  }

  static SecureAggregationTerms terms(
      int neighbours, int threshold, Adversary adversary, double corrupt) {
    return new SecureAggregationTerms(
        neighbours, threshold, adversary, corrupt, 0.1, 40, 30, Duration.ofSeconds(10));
  }

  static RoundPlan unsigned(SecureAggregationTerms terms) {
    byte[] content = {1, 2, 3};
    ModelManifest base =
        new ModelManifest(
            new ModelName("digits"),
            new ModelVersion(3),
            List.of(
                new ArtifactReference(
                    ArtifactReference.Role.GRAPH, Sha256.of(content), content.length, 1024)));
    return new RoundPlan(
        ROUND,
        base,
        new LocalTraining(1, 10, 0.1f, 0),
        new UpdateEncoding(PARAMETERS, 12, 21, 4, 1000, 10, Optional.empty()),
        COHORT,
        MINIMUM,
        Duration.ofSeconds(60),
        terms,
        RoundPlan.unsigned());
  }

  /** Invites everybody, who then trains for {@link #TRAINING}. */
  void begin() {
    coordinator.begin(participants.keySet());
  }

  /** A whole round, with every deadline. */
  void run() {
    begin();
    time.runFor(plan.longestDuration().multipliedBy(2));
  }

  /** From the coordinator. */
  private void tell(AgentId to, RoundMessage honest) {
    for (RoundMessage message : down.apply(to, honest)) {
      time.schedule(TRANSIT, () -> arrive(to, message));
    }
  }

  private void arrive(AgentId to, RoundMessage message) {
    Participant participant = participants.get(to);
    if (participant == null) {
      return;
    }
    if (message instanceof RoundPlan invitation) {
      participant.invited(invitation);
    } else if (message instanceof RoundClosed) {
      participant.cancel();
    } else {
      participant.received(message);
    }
  }

  /** To the coordinator. */
  void carry(AgentId from, RoundMessage honest) {
    for (RoundMessage message : up.apply(from, honest)) {
      time.schedule(TRANSIT, () -> coordinator.received(from, message));
    }
  }

  /** The sum of the updates of those in it, to compare with the coordinator's. */
  ModularVector expectedSum() {
    ModularVector sum = new ModularVector(coordinator.sum().length());
    coordinator.opened().orElseThrow().forEach(agent -> sum.add(participant(agent).plainWords()));
    return sum;
  }

  static ByteString bytes(ModularVector vector) {
    long[] words = new long[vector.length()];
    vector.copyTo(0, words.length, words);
    ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES);
    bytes.asLongBuffer().put(words);
    return ByteString.copyFrom(bytes.array());
  }
}
