package io.covey.coordinator.round;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.SoftwareSigningKey;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.X25519;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.SessionPrimitives;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.crypto.secagg.client.AdvertiseKeys;
import io.covey.crypto.secagg.client.ClientEffect;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.client.ClientPhase;
import io.covey.crypto.secagg.client.ParticipantKeys;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.LocalTraining;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A round of 7 with a threshold of 5 and at least 4 reports, whose participants run the real client
 * phases; updates are of 25 words in chunks of 10. Nothing is sent: a test passes each message on,
 * or another one, or none.
 */
final class RoundUnderTest {
  static final int COHORT = 7;
  static final int THRESHOLD = 5;
  static final int MINIMUM_REPORTS = 4;
  static final Duration STEP = Duration.ofSeconds(5);
  static final Duration REPORTING = Duration.ofSeconds(20);

  final List<RoundEffect> effects = new ArrayList<>();
  RoundPhase phase = new Failed(FailureReason.CANCELLED);

  private final Random random = new Random(11);
  private final Map<AgentId, SecretBytes> identities = new HashMap<>();
  private final Map<AgentId, ClientPhase> participants = new HashMap<>();
  private final SecretBytes coordinatorKey = secret();
  private final SessionPrimitives primitives =
      new SessionPrimitives(
          new X25519(),
          new Ed25519(),
          new AesGcm(),
          agent ->
              Optional.ofNullable(identities.get(agent))
                  .map(key -> new Ed25519().publicKeyOf(key)));

  /** A masked update on its way. */
  record Update(MaskedInputReceipt receipt, List<RoundEvent.ChunkReceived> chunks) {}

  RoundUnderTest(int uploadSlots, RandomGenerator selection) {
    take(Selecting.begin(new RoundSetup(plan(), descriptor(), primitives, uploadSlots, selection)));
  }

  static Set<AgentId> agents(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new AgentId("a" + i))
        .collect(Collectors.toSet());
  }

  /** Returns what is to be done. */
  List<RoundEffect> on(RoundEvent event) {
    return take(phase.on(event));
  }

  List<RoundEffect> on(ServerEvent event) {
    return on(new RoundEvent.OfSession(event));
  }

  private List<RoundEffect> take(Step step) {
    phase = step.next();
    effects.addAll(step.effects());
    return step.effects();
  }

  RoundEffect last() {
    return effects.get(effects.size() - 1);
  }

  List<AgentId> invited() {
    return all(RoundEffect.Invite.class).stream().map(RoundEffect.Invite::agent).toList();
  }

  <E extends RoundEffect> List<E> all(Class<E> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The last effect of a kind that the session has. */
  <E extends ServerEffect> E ofSession(Class<E> kind) {
    List<E> found =
        all(RoundEffect.OfSession.class).stream()
            .map(RoundEffect.OfSession::effect)
            .filter(kind::isInstance)
            .map(kind::cast)
            .toList();
    return found.get(found.size() - 1);
  }

  List<AgentId> select() {
    on(new RoundEvent.CandidatesChanged(agents(COHORT)));
    List<AgentId> cohort = new ArrayList<>(new TreeSet<>(invited()));
    for (AgentId agent : cohort) {
      identities.put(agent, secret());
      participants.put(agent, participant(agent));
    }
    return cohort;
  }

  /** Brings a new round up to the step, in which nobody has answered yet. */
  List<AgentId> selectAndBringTo(ServerEvent.Stage stage) {
    List<AgentId> cohort = select();
    if (stage.compareTo(ServerEvent.Stage.ADVERTISE_KEYS) > 0) {
      advertise(cohort);
    }
    if (stage.compareTo(ServerEvent.Stage.SHARE_KEYS) > 0) {
      share(cohort);
    }
    if (stage.compareTo(ServerEvent.Stage.MASKED_INPUT) > 0) {
      report(cohort);
    }
    if (stage.compareTo(ServerEvent.Stage.CONSISTENCY_CHECK) > 0) {
      confirm(cohort);
    }
    return cohort;
  }

  /** Lets agents do what a step wants of them. */
  void answer(ServerEvent.Stage stage, Collection<AgentId> agents) {
    switch (stage) {
      case ADVERTISE_KEYS -> advertise(agents);
      case SHARE_KEYS -> share(agents);
      case MASKED_INPUT -> report(agents);
      case CONSISTENCY_CHECK -> confirm(agents);
      case UNMASKING -> release(agents);
    }
  }

  void deadline(ServerEvent.Stage stage) {
    on(new ServerEvent.DeadlineReached(stage));
  }

  void advertise(Collection<AgentId> agents) {
    agents.forEach(agent -> on(new ServerEvent.Advertised(advertisement(agent))));
  }

  void share(Collection<AgentId> agents) {
    agents.forEach(agent -> on(new ServerEvent.SharesReceived(shares(agent))));
  }

  void report(Collection<AgentId> agents) {
    for (AgentId agent : agents) {
      Update update = update(agent);
      on(new RoundEvent.ReceiptReceived(update.receipt()));
      update.chunks().forEach(this::on);
    }
  }

  void confirm(Collection<AgentId> agents) {
    agents.forEach(agent -> on(new ServerEvent.Confirmed(confirmation(agent))));
  }

  void release(Collection<AgentId> agents) {
    agents.forEach(agent -> on(new ServerEvent.Answered(released(agent))));
  }

  /** Runs what the session asked for. */
  void openSecrets() {
    on(new ServerEvent.SecretsOpened(ofSession(ServerEffect.OpenSecrets.class).job().run()));
  }

  KeyAdvertisement advertisement(AgentId agent) {
    SessionDescriptor descriptor = descriptor();
    return ask(
            agent,
            new ClientEvent.SessionOffered(
                descriptor, primitives.signer().sign(coordinatorKey, descriptor.toBytes())),
            ClientEffect.SendAdvertisement.class)
        .message();
  }

  SealedShares shares(AgentId agent) {
    return ask(
            agent,
            new ClientEvent.RosterReceived(ofSession(ServerEffect.SendRoster.class).roster()),
            ClientEffect.SendShares.class)
        .message();
  }

  Update update(AgentId agent) {
    var boxes =
        all(RoundEffect.OfSession.class).stream()
            .map(RoundEffect.OfSession::effect)
            .filter(ServerEffect.DeliverShares.class::isInstance)
            .map(ServerEffect.DeliverShares.class::cast)
            .filter(deliver -> deliver.to().equals(agent))
            .findFirst()
            .orElseThrow()
            .boxes();
    ask(agent, new ClientEvent.SharesDelivered(boxes), ClientEffect.Mask.class);
    List<RoundEvent.ChunkReceived> chunks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      chunks.add(
          new RoundEvent.ChunkReceived(agent, i, 3, i < 2 ? 10 : 5, digest(agent + "/" + i)));
    }
    Octets digest =
        VectorDigest.of(chunks.stream().map(RoundEvent.ChunkReceived::fingerprint).toList());
    return new Update(
        ask(agent, new ClientEvent.InputMasked(25, digest), ClientEffect.SendInput.class).receipt(),
        chunks);
  }

  Confirmation confirmation(AgentId agent) {
    return ask(
            agent,
            new ClientEvent.SurvivorsAnnounced(
                ofSession(ServerEffect.AnnounceSurvivors.class).survivors()),
            ClientEffect.SendConfirmation.class)
        .message();
  }

  UnmaskingShares released(AgentId agent) {
    var request =
        all(RoundEffect.OfSession.class).stream()
            .map(RoundEffect.OfSession::effect)
            .filter(ServerEffect.RequestUnmasking.class::isInstance)
            .map(ServerEffect.RequestUnmasking.class::cast)
            .filter(asked -> asked.to().equals(agent))
            .findFirst()
            .orElseThrow();
    ask(
        agent,
        new ClientEvent.UnmaskingRequested(request.confirmations()),
        ClientEffect.PersistDecision.class);
    return ask(
            agent,
            new ClientEvent.DecisionPersisted(descriptor().sessionId()),
            ClientEffect.SendUnmasking.class)
        .message();
  }

  private <E extends ClientEffect> E ask(AgentId agent, ClientEvent event, Class<E> expected) {
    ClientPhase participant = participants.get(agent);
    if (participant == null) {
      throw new AssertionError(agent + " takes no part");
    }
    var step = participant.on(event);
    participants.put(agent, step.next());
    if (step.effects().size() != 1 || !expected.isInstance(step.effects().get(0))) {
      throw new AssertionError(agent + " answered " + step.effects() + ", expected " + expected);
    }
    return expected.cast(step.effects().get(0));
  }

  private ClientPhase participant(AgentId agent) {
    SecretBytes identity = identities.get(agent);
    if (identity == null) {
      throw new AssertionError(agent + " has no identity");
    }
    return new AdvertiseKeys(
        new ParticipantKeys(
            agent,
            new SoftwareSigningKey(identity, primitives.signer()),
            secret(),
            new ParticipantKeys.Fresh(
                secret(),
                secret(),
                Octets.owning(secret().reveal()),
                AesCtrRandomWords.fromSeed(secret().reveal()))),
        primitives,
        new AdvertiseKeys.Expectations(
            primitives.signer().publicKeyOf(coordinatorKey),
            new ParticipantMinima(
                MINIMUM_REPORTS,
                COHORT - 1,
                0.66,
                0,
                new ParticipantMinima.Adversary(AdversaryModel.SEMI_MALICIOUS, 0.1, 40)),
            new AdvertiseKeys.Plan(
                descriptor().fleet(),
                descriptor().round(),
                descriptor().model(),
                descriptor().terms())));
  }

  static SessionDescriptor descriptor() {
    return new SessionDescriptor(
        new FleetId("fleet"),
        new RoundId("round-1"),
        new SessionDescriptor.Model(
            new ModelName("digits"), new ModelVersion(1), Sha256.of(new byte[] {1})),
        new SessionDescriptor.Vector(new LaneLayout(75, 12, 21), 10, 1, 100, 0),
        new SessionDescriptor.Cohort(MINIMUM_REPORTS, COHORT, COHORT - 1, THRESHOLD),
        plan().aggregation().assumptions(),
        STEP,
        Octets.copyOf(new byte[SessionDescriptor.TERMS_BYTES]));
  }

  static TrainingPlan plan() {
    return new TrainingPlan(
        COHORT,
        MINIMUM_REPORTS,
        new LocalTraining(1, 10, 0.1f, 0),
        12,
        1f,
        100,
        10f,
        ServerOptimization.fedAvg(),
        Duration.ofSeconds(10),
        REPORTING,
        new AggregationPlan(AdversaryModel.SEMI_MALICIOUS, 0.1, 0.1, 40, 30, STEP));
  }

  static Sha256 digest(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private SecretBytes secret() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return SecretBytes.owning(bytes);
  }
}
