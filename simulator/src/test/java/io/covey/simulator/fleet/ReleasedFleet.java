package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.app.AgentRandomness;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.app.EdgeAgentBuilder;
import io.covey.edgeagent.release.InMemoryTrustStore;
import io.covey.edgeagent.release.TrustStore;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SignedMessage.Header;
import io.covey.protocols.message.SignedMessage.Period;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.topic.Route;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.topic.TrustPlace;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.simulator.clock.Seeds;
import io.covey.simulator.demo.DemoModel;
import io.covey.simulator.network.HostileBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A real coordinator and a real agent over a network in memory whose broker belongs to an attacker,
 * under virtual time. The agent's clock can be moved.
 */
final class ReleasedFleet implements AutoCloseable {
  static final Signer SIGNER = new Ed25519();
  static final FleetId FLEET = new FleetId("attacked");
  static final ModelName MODEL = new ModelName("digits");
  static final AgentId AGENT = new AgentId("kitchen");

  final VirtualTime time = new VirtualTime(Instant.parse("2026-06-01T00:00:00Z"));
  final InMemoryNetwork network = new InMemoryNetwork(time, 1, NetworkFaults.NONE);
  final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, SIGNER, 1);
  final SharedModels models = new SharedModels(ModelRuntime.tensorFlowLite());
  final Topics topics = new Topics(FLEET);
  final SaidBefore recording = new SaidBefore();
  final HostileBroker broker = new HostileBroker();
  final SimulatedWorld world;
  final SimulatedCoordinator coordinator;
  final AgentIdentity identity;
  TrustStore trust = new InMemoryTrustStore();
  Duration clockError = Duration.ZERO;
  String hardware = "board-a";

  /** Where the agent keeps its files; empty for one that keeps none. */
  Optional<Path> dataDirectory = Optional.empty();

  Predicate<String> withheldAtStart = topic -> false;
  private @Nullable EdgeAgent agent;
  private int starts;
  private final List<String> violations = new ArrayList<>();
  private long said = 1_000_000;
  private long injected;

  ReleasedFleet() {
    world =
        new SimulatedWorld(
            FLEET,
            time,
            network,
            models,
            new Seeds(1),
            authority,
            broker,
            new Hearsay(
                (name, holds, what) -> {
                  if (!holds) {
                    violations.add(name + ": " + what.get());
                  }
                }));
    network.observe(
        message -> {
          recording.observe(message.publication());
          if (message.senderClientId().equals(AGENT.value())) {
            world.hearsay().said(AGENT, message.publication().payload());
          }
        });
    coordinator = new SimulatedCoordinator(world, event -> {});
    coordinator.start();
    identity = authority.enrol(AGENT, time.now().getEpochSecond());
    run(Duration.ofSeconds(2));
  }

  /** The device is switched on, with the trust that it kept. */
  void startAgent() {
    starts++;
    withhold(withheldAtStart);
    try {
      EdgeAgentBuilder builder =
          EdgeAgent.builder(AGENT, FLEET)
              .transport(
                  InMemoryNetwork.settings(AGENT.value()),
                  (settings, scheduler, random) -> world.connect(settings))
              .scheduler(time)
              .identity(identity)
              .runtime(models)
              .trustStore(trust)
              .hardware(hardware)
              .clock(() -> time.now().plus(clockError))
              .randomness(AgentRandomness.insecureSeeded(starts));
      dataDirectory.ifPresent(builder::dataDirectory);
      EdgeAgent started = builder.build();
      agent = started;
      started.start();
    } catch (IOException e) {
      throw new AssertionError("the agent does not start", e);
    }
    run(Duration.ofSeconds(5));
  }

  /** The device is switched off. */
  void stopAgent() {
    EdgeAgent stopping = agent();
    agent = null;
    stopping.abort();
    network.kill(AGENT.value());
    run(Duration.ofSeconds(1));
  }

  EdgeAgent agent() {
    if (agent == null) {
      throw new IllegalStateException("the agent does not run");
    }
    return agent;
  }

  /** From now on, what is on these topics does not reach the agent. */
  void withhold(Predicate<String> topics) {
    broker.follow(
        (client, genuine) -> {
          if (client.equals(AGENT.value()) && topics.test(genuine.topic())) {
            genuine.acknowledge().run();
            return List.of();
          }
          return List.of(genuine);
        });
  }

  /** Says something to the agent, on any topic. */
  void inject(String topic, ByteString payload) {
    broker.inject(AGENT.value(), topic, payload);
  }

  void run(Duration duration) {
    time.runFor(duration);
    assertThat(violations).isEmpty();
  }

  /** Registers the model, whose first version is released. */
  VersionRecord register() {
    return done(
        coordinator.operations().registerModel(MODEL, "", DemoModel.graph(), Optional.empty()));
  }

  VersionRecord register(ModelName model) {
    return done(
        coordinator.operations().registerModel(model, "", DemoModel.graph(), Optional.empty()));
  }

  <T> T done(CompletionStage<T> stage) {
    var future = stage.toCompletableFuture();
    time.runUntil(future::isDone, Duration.ofMinutes(5));
    T value = future.join();
    run(Duration.ofSeconds(5));
    return value;
  }

  /** What the agent answers with. */
  Optional<Integer> served() {
    return served(MODEL);
  }

  Optional<Integer> served(ModelName model) {
    return Optional.ofNullable(agent().servedVersions().get(model)).map(ModelVersion::number);
  }

  /** What the coordinator last heard of the model on the agent. */
  List<ModelState> reported() {
    AgentRecord record =
        done(coordinator.operations().agents()).stream()
            .filter(known -> known.agent().equals(AGENT))
            .findFirst()
            .orElseThrow();
    return record.models();
  }

  /** Why the agent waits, as it says itself; empty if it does not. */
  String withheldBecause() {
    return reported().stream()
        .map(ModelState::detail)
        .filter(detail -> !detail.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Makes the attacker say to the agent what it should serve. */
  void sayDesired(ModelManifest... manifests) {
    said++;
    say(
        topics.agent(AGENT, AgentChannel.DESIRED),
        new DesiredState(
            Long.MAX_VALUE - 2_000_000 + said, List.of(manifests), lastDesired().keys()));
  }

  /** What the coordinator said last, whether or not the agent heard it. */
  private DesiredState lastDesired() {
    List<ByteString> all = recording.on(topics.agent(AGENT, AgentChannel.DESIRED));
    try {
      return (DesiredState) SignedMessage.readUnverified(all.get(all.size() - 1)).body();
    } catch (DecodeException e) {
      throw new AssertionError("the coordinator says what nobody can read", e);
    }
  }

  /** What agents are told of a version, as the coordinator has it by now. */
  ModelManifest manifest(ModelVersion version) {
    return coordinator.stores().models().version(MODEL, version).orElseThrow().manifest();
  }

  void say(TrustPlace place, Octets document) {
    say(topics.trust(place), new TrustDocument(ByteString.copyFrom(document.toBytes())));
  }

  /**
   * Says something in the coordinator's name: the attacker has the key that it signs messages with
   * as well, and none of those that it signs releases with.
   */
  private void say(String topic, Message message) {
    said++;
    Route route = topics.route(topic).orElseThrow();
    Header last = lastToAgent();
    boolean toAll = route.agent().isEmpty();
    Header header =
        new Header(
            toAll ? "" : last.session(),
            last.run(),
            0,
            // Behind what was said, and near enough for the next genuine ones to count.
            toAll ? said : last.sequence() + 16 + injected++,
            new Period(
                time.now().toEpochMilli(), time.now().plus(Duration.ofDays(1)).toEpochMilli()),
            ByteString.EMPTY);
    ByteString body = MessageCodec.encode(new Envelope("attacker", said, message));
    CoordinatorMessageGuard stolen =
        new CoordinatorMessageGuard(
            authority.coordinator(),
            new CertifiedDirectory(
                FleetVerifier.of(authority.coordinator().trust(), SIGNER), time::now),
            SIGNER,
            time.now());
    inject(topic, stolen.sign(new CoordinatorMessageGuard.Draft(route, header), body));
    run(Duration.ofSeconds(1));
  }

  /** Of the message to the agent that has the highest sequence in the newest run. */
  private Header lastToAgent() {
    return recording.lastBelow(topics.toAgent(AGENT).replace("#", "")).values().stream()
        .map(ReleasedFleet::header)
        .max(Comparator.comparing(Header::run).thenComparing(Header::sequence))
        .orElseThrow();
  }

  private static Header header(ByteString payload) {
    try {
      return SignedMessage.decode(payload).header();
    } catch (DecodeException e) {
      throw new AssertionError("the coordinator says what nobody can read", e);
    }
  }

  static boolean isTrust(String topic) {
    return topic.contains("/trust/");
  }

  /**
   * Adds a version with other weights to the store alone, as a coordinator does that is killed
   * before it has said a word of it.
   */
  VersionRecord commitUnsaid() {
    return commitUnsaid(weights -> weights[0]++, List.of());
  }

  /**
   * The same with other weights.
   *
   * @param kept roles of the newest version's files that the next one has too
   */
  private VersionRecord commitUnsaid(Consumer<byte[]> change, List<Role> kept) {
    var stores = coordinator.stores();
    VersionRecord newest = stores.models().newest(MODEL).orElseThrow();
    ArtifactReference weights = newest.artifact(Role.WEIGHTS).orElseThrow();
    byte[] changed = stores.artifacts().get(weights.digest()).orElseThrow();
    change.accept(changed);
    ArtifactReference other =
        new ArtifactReference(
            Role.WEIGHTS,
            stores.artifacts().put(changed),
            weights.lengthBytes(),
            weights.chunkSizeBytes());
    List<ArtifactReference> files = new ArrayList<>();
    files.add(newest.artifact(Role.GRAPH).orElseThrow());
    files.add(other);
    kept.forEach(role -> files.add(newest.artifact(role).orElseThrow()));
    VersionRecord next =
        new VersionRecord(
            MODEL,
            newest.version().next(),
            time.now(),
            Optional.empty(),
            files,
            Optional.empty(),
            Optional.empty());
    stores.models().addVersion(next);
    return next;
  }

  /** The next version, which a new start of the coordinator finds, releases and wants served. */
  VersionRecord nextVersion() {
    VersionRecord next = commitUnsaid();
    restartCoordinator();
    return next;
  }

  /**
   * The next version, whose graph and weights have so many blocks together: what follows the model
   * in the graph's file means nothing.
   */
  VersionRecord nextVersionOfBlocks(int blocks) {
    VersionRecord newest = coordinator.stores().models().newest(MODEL).orElseThrow();
    byte[] graph = DemoModel.graph();
    byte[] longer = new byte[(blocks - 1) * Limits.CHUNK_CONTENT_BYTES - 4096];
    new SplittableRandom(7).nextBytes(longer);
    System.arraycopy(graph, 0, longer, 0, graph.length);
    ArtifactReference known = newest.artifact(Role.GRAPH).orElseThrow();
    ArtifactReference other =
        new ArtifactReference(
            Role.GRAPH,
            coordinator.stores().artifacts().put(longer),
            longer.length,
            known.chunkSizeBytes());
    VersionRecord next =
        new VersionRecord(
            MODEL,
            newest.version().next(),
            time.now(),
            Optional.empty(),
            List.of(other, newest.artifact(Role.WEIGHTS).orElseThrow()),
            Optional.empty(),
            Optional.empty());
    coordinator.stores().models().addVersion(next);
    restartCoordinator();
    return next;
  }

  /** One that is signed as always, and whose answers are not those that it is signed with. */
  VersionRecord nextVersionWithAnotherModelsAnswers() {
    VersionRecord next =
        commitUnsaid(
            weights -> {
              for (int i = 3; i < weights.length; i += Float.BYTES) {
                // The sign of every little-endian float.
                weights[i] ^= (byte) 0x80;
              }
            },
            List.of(Role.SAMPLE_INPUTS, Role.EXPECTED_OUTPUTS));
    restartCoordinator();
    return next;
  }

  private void restartCoordinator() {
    coordinator.kill();
    coordinator.start();
    run(Duration.ofMinutes(2));
  }

  @Override
  public void close() {
    if (agent != null) {
      agent.abort();
      run(Duration.ofSeconds(1));
    }
    coordinator.close();
    models.close();
    identity.close();
    authority.close();
  }
}
