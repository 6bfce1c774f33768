package io.covey.edgeagent.app;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.message.CoordinatorMessageGuard.Outcome;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.rounds.SessionCoordinator;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.EncryptionKeyAnnounced;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.UploadGranted;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topic;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A network in memory, a coordinator that says what a test tells it to, and agents on toys. */
final class TestFleet {
  static final FleetId FLEET = new FleetId("test");
  static final ModelName MODEL = new ModelName("toy");
  static final int FEATURES = 4;
  static final int CLASSES = 3;
  static final int CHUNK_BYTES = 7;

  final VirtualTime time;
  final InMemoryNetwork network;
  final Topics topics = new Topics(FLEET);
  final ToyRuntime runtime = new ToyRuntime();
  final List<Envelope> heard = new ArrayList<>();
  final List<String> heardTopics = new ArrayList<>();
  final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);

  /** What the coordinators of rounds say in vain. */
  Predicate<RoundMessage> silenced = message -> false;

  /** Seals what is published. */
  final TestSealing sealing = new TestSealing(FLEET);

  /** Whether agents take only what is released; see {@link TestReleases}. */
  boolean signsReleases;

  /** Whether agents that announce their encryption key get the fleet's. */
  boolean grantsKeys = true;

  private final Map<AgentId, EncryptionCertificate> announced = new HashMap<>();
  private final Map<String, AgentIdentity> identities = new HashMap<>();
  private final List<AgentId> granted = new ArrayList<>();
  private final Map<RoundId, SessionCoordinator> rounds = new HashMap<>();
  private final MqttTransport coordinator;
  private final CertifiedDirectory directory;
  private final Map<AgentId, DesiredState> desired = new HashMap<>();
  private final Map<AgentId, String> bootIds = new HashMap<>();

  /** What the agents believe; a test may let another run of the coordinator speak. */
  CoordinatorMessageGuard guard;

  /** No two runs make the same choices, or have the same name. */
  private long builders;

  private long sequence;

  TestFleet(long seed, NetworkFaults faults) {
    this(seed, faults, Instant.EPOCH);
  }

  TestFleet(long seed, NetworkFaults faults, Instant start) {
    time = new VirtualTime(start);
    directory =
        new CertifiedDirectory(
            FleetVerifier.of(authority.coordinator().trust(), new Ed25519()), time::now);
    guard = newGuard();
    network = new InMemoryNetwork(time, seed, NetworkFaults.NONE);
    coordinator = network.connect(InMemoryNetwork.settings("coordinator"));
    coordinator.open(new Ear());
    coordinator.subscribe(topics.fromAgents(), QualityOfService.AT_LEAST_ONCE);
    run(Duration.ofSeconds(1));
    network.setFaults(faults);
    network.setFaults("coordinator", NetworkFaults.NONE);
  }

  /** Gives an agent the fleet's key, if it has announced its own. */
  void grant(String agent) {
    AgentId id = new AgentId(agent);
    EncryptionCertificate certificate = announced.get(id);
    if (certificate != null) {
      say(topics.agent(id, AgentChannel.KEY), sealing.grant(certificate), true);
    }
  }

  /** The guard of a coordinator that starts now. */
  final CoordinatorMessageGuard newGuard() {
    return new CoordinatorMessageGuard(
        authority.coordinator(), directory, new Ed25519(), time.now());
  }

  AgentIdentity identity(String id) {
    return identities.computeIfAbsent(
        id, name -> signsReleases ? authority.enrol(new AgentId(name), 1) : withoutReleases(name));
  }

  /** One that nobody would believe. */
  EdgeAgentBuilder unenrolled(String id) {
    return EdgeAgent.builder(new AgentId(id), FLEET)
        .scheduler(time)
        .transport(
            InMemoryNetwork.settings(id),
            (settings, scheduler, random) -> network.connect(settings))
        .randomness(AgentRandomness.insecureSeeded(31L * id.hashCode() + builders++))
        .runtime(runtime);
  }

  /** One of a fleet whose coordinator signs no releases. */
  private AgentIdentity withoutReleases(String id) {
    AgentIdentity enrolled = authority.enrol(new AgentId(id), 1);
    AgentIdentity other =
        new AgentIdentity(
            enrolled.certificate(),
            enrolled.signingKey(),
            enrolled.trust().withReleaseRoot(Optional.empty()),
            new Ed25519());
    return enrolled.encryption().map(other::with).orElse(other);
  }

  /** An agent of the fleet; the same identity however often it is asked for. */
  EdgeAgentBuilder agent(String id) {
    return unenrolled(id).identity(identity(id));
  }

  /** Invites agents to a round, and coordinates it to its end. */
  SessionCoordinator invite(RoundPlan unsigned, String... agents) {
    SessionCoordinator round =
        new SessionCoordinator(time, authority.coordinator(), signed(unsigned), this::tell);
    rounds.put(unsigned.round(), round);
    round.begin(Arrays.stream(agents).map(AgentId::new).collect(Collectors.toSet()));
    return round;
  }

  private void tell(AgentId to, RoundMessage said) {
    if (silenced.test(said)) {
      return;
    }
    if (said instanceof UploadGranted) {
      granted.add(to);
    }
    tell(to.value(), said.round(), RoundStep.of(said), said);
  }

  /** Whether an agent was told that it may send its update. */
  boolean granted(String agent) {
    return granted.contains(new AgentId(agent));
  }

  RoundPlan signed(RoundPlan plan) {
    return SessionCoordinator.sign(authority.coordinator(), plan);
  }

  void run(Duration duration) {
    time.runFor(duration);
  }

  /** A version of the toy whose weights are all {@code value}; published. */
  ModelManifest publish(int version, float value) {
    float[] weights = new float[FEATURES * CLASSES];
    Arrays.fill(weights, value);
    return publish(version, weights);
  }

  ModelManifest publish(int version, float[] weights) {
    return publish(MODEL, version, weights);
  }

  ModelManifest publish(ModelName model, int version, float[] weights) {
    ByteBuffer bytes =
        ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(weights);
    return new ModelManifest(
        model,
        new ModelVersion(version),
        List.of(
            publishArtifact(model, Role.GRAPH, ToyRuntime.file(FEATURES, CLASSES)),
            publishArtifact(model, Role.WEIGHTS, bytes.array())));
  }

  /** Publishes retained chunks, sealed. */
  ArtifactReference publishArtifact(Role role, byte[] content) {
    return publishArtifact(MODEL, role, content);
  }

  private ArtifactReference publishArtifact(ModelName model, Role role, byte[] content) {
    TestSealing.Made made = sealing.seal(model, role, content);
    publish(model, made.reference(), made.content().toByteArray());
    return made.reference();
  }

  /** What {@link #publishArtifact} calls it, whether or not it is published. */
  ArtifactReference named(Role role, byte[] content) {
    return sealing.seal(MODEL, role, content).reference();
  }

  /** Publishes bytes under a digest that may be another's. */
  ArtifactReference publishBytes(
      Role role, byte[] content, Sha256 announced, Optional<Sealing> sealed) {
    ArtifactReference reference =
        new ArtifactReference(role, announced, content.length, CHUNK_BYTES, sealed);
    publish(MODEL, reference, content);
    return reference;
  }

  private void publish(ModelName model, ArtifactReference reference, byte[] content) {
    for (int i = 0; i < reference.chunkCount(); i++) {
      ByteString part =
          ByteString.copyFrom(
              content, i * reference.chunkSizeBytes(), reference.chunkLengthBytes(i));
      Sha256 digest = reference.digest();
      say(topics.artifactChunk(model, digest, i), new ArtifactChunk(digest, i, part), true);
    }
  }

  /** Says it now, and to each run of the agent that is heard from now on. */
  void desire(String agent, long revision, ModelManifest... models) {
    desired.put(new AgentId(agent), new DesiredState(revision, List.of(models)));
    sayDesired(new AgentId(agent));
  }

  private void sayDesired(AgentId agent) {
    DesiredState state = desired.get(agent);
    if (state != null) {
      say(topics.agent(agent, AgentChannel.DESIRED), state, true);
    }
  }

  void tell(String agent, RoundId round, RoundStep step, Message message) {
    say(topics.round(new AgentId(agent), round, step), message, false);
  }

  /** Says it signed, unless it is to an agent that was not heard yet. */
  void say(String topic, Message message, boolean retain) {
    signed(topic, keyed(message)).ifPresent(payload -> sayBytes(topic, payload, retain));
  }

  private Message keyed(Message message) {
    if (message instanceof DesiredState state) {
      return new DesiredState(state.revision(), state.models(), sealing.keys(state.models()));
    }
    return message instanceof RoundPlan plan
        ? plan.with(sealing.keys(List.of(plan.base())))
        : message;
  }

  /** What would be said; empty for an agent that was not heard yet. */
  Optional<ByteString> signed(String topic, Message message) {
    ByteString body = MessageCodec.encode(new Envelope("coordinator", sequence++, message));
    return guard.draft(topic, Duration.ofDays(1), time.now()).map(draft -> guard.sign(draft, body));
  }

  void sayBytes(String topic, ByteString payload, boolean retain) {
    var unused =
        coordinator.publish(
            new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, retain));
  }

  /** All messages of one kind, in the order in which they were heard. */
  <T extends Message> List<T> heard(Class<T> kind) {
    return heard.stream().map(Envelope::body).filter(kind::isInstance).map(kind::cast).toList();
  }

  ReportedState lastReport() {
    List<ReportedState> reports = heard(ReportedState.class);
    return reports.get(reports.size() - 1);
  }

  static ModelState serving(ModelManifest manifest) {
    return new ModelState(manifest.model(), manifest.version(), Status.SERVING, "");
  }

  private final class Ear implements MqttTransport.Listener {
    @Override
    public void onConnected(boolean sessionPresent) {
      // The tests begin when the coordinator is there.
    }

    @Override
    public void onDisconnected(String reason) {
      // A test may stop the broker; the transport connects again.
    }

    @Override
    public void onMessage(InboundMessage message) {
      try {
        CoordinatorMessageGuard.Verified verified =
            guard.verify(message.topic(), message.payload(), time.now());
        Outcome outcome = guard.receive(verified, time.now());
        if (outcome instanceof Outcome.Taken) {
          take(verified.agent(), message.topic(), verified.message().body());
        } else if (outcome instanceof Outcome.Unanswered first) {
          first.greeting().ifPresent(this::greet);
        }
      } catch (DecodeException e) {
        throw new AssertionError("an agent said something that is no message", e);
      } finally {
        message.acknowledge().run();
      }
    }

    private void greet(CoordinatorMessageGuard.Draft greeting) {
      sayBytes(greeting.route().topic(), guard.sign(greeting, ByteString.EMPTY), false);
    }

    private void take(AgentId agent, String topic, ByteString body) throws DecodeException {
      Envelope envelope = MessageCodec.decode(body);
      heard.add(envelope);
      heardTopics.add(topic);
      if (envelope.body() instanceof Presence presence
          && presence.online()
          && !envelope.bootId().equals(bootIds.put(agent, envelope.bootId()))) {
        sayDesired(agent);
      }
      if (envelope.body() instanceof EncryptionKeyAnnounced said) {
        EncryptionCertificate certificate =
            EncryptionCertificate.decode(Octets.owning(said.certificate().toByteArray()))
                .orElseThrow();
        announced.put(agent, certificate);
        if (grantsKeys) {
          grant(agent.value());
        }
      }
      if (envelope.body() instanceof RoundMessage said
          && topics.parse(topic).orElseThrow() instanceof Topic.OfRound place) {
        SessionCoordinator round = rounds.get(said.round());
        if (round != null) {
          round.received(place.agent(), said);
        }
      }
    }
  }
}
