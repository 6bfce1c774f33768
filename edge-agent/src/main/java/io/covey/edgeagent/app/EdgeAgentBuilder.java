package io.covey.edgeagent.app;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.secagg.ParticipantMinima;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.DirectoryArtifactCache;
import io.covey.edgeagent.artifacts.InMemoryArtifactCache;
import io.covey.edgeagent.artifacts.ProbationFile;
import io.covey.edgeagent.artifacts.StorageProbe;
import io.covey.edgeagent.enrolment.MembershipKeeper;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.edgeagent.https.HttpsRanges;
import io.covey.edgeagent.mqtt.AgentConnection;
import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.mqtt.FetchSettings;
import io.covey.edgeagent.mqtt.MessageSigning;
import io.covey.edgeagent.release.FileTrustStore;
import io.covey.edgeagent.release.TrustStore;
import io.covey.edgeagent.rounds.DecisionLog;
import io.covey.edgeagent.rounds.Enrolment;
import io.covey.edgeagent.rounds.FileDecisionLog;
import io.covey.edgeagent.rounds.InMemoryDecisionLog;
import io.covey.edgeagent.sealing.ArtifactOpener;
import io.covey.edgeagent.sealing.DifferenceAssembly;
import io.covey.edgeagent.sealing.KeyFile;
import io.covey.edgeagent.sealing.KeyRing;
import io.covey.edgeagent.sealing.SealedBlocks;
import io.covey.edgeagent.selftest.ChildLimits;
import io.covey.edgeagent.selftest.SelfTestMode;
import io.covey.edgeagent.selftest.SelfTests;
import io.covey.edgeagent.serving.HttpSettings;
import io.covey.edgeagent.serving.InferenceApi;
import io.covey.edgeagent.serving.InferenceServer;
import io.covey.edgeagent.serving.ServedVersion.Concurrency;
import io.covey.edgeagent.serving.ServingModels;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.edgeagent.session.Probation;
import io.covey.edgeagent.training.TrainingWeights;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.PahoTransport;
import io.covey.protocols.transport.TlsContext;
import io.covey.protocols.transport.TransportSettings;
import io.covey.protocols.transport.Will;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Describes an {@link EdgeAgent}. Only a broker must be given; the rest has defaults. */
public final class EdgeAgentBuilder {
  private static final long DEFAULT_QUOTA_BYTES = 512L << 20;

  private final AgentId id;
  private final FleetId fleet;
  private @Nullable TransportSettings connection;
  private @Nullable TransportFactory transportFactory;
  private @Nullable Scheduler scheduler;
  private Optional<AgentIdentity> identity = Optional.empty();
  private Optional<Path> dataDirectory = Optional.empty();
  private long quotaBytes = DEFAULT_QUOTA_BYTES;
  private ExampleStore examples = InMemoryExampleStore.empty();
  private AgentRandomness randomness = AgentRandomness.secure();
  private ParticipationLimits limits = ParticipationLimits.DEFAULT;
  private ParticipantMinima minima = ParticipationLimits.DEFAULT_MINIMA;
  private @Nullable DecisionLog decisions;
  private FetchSettings fetching = FetchSettings.DEFAULT;
  private Optional<TlsContext> https = Optional.empty();
  private Concurrency concurrency = new Concurrency(2, Duration.ofSeconds(2));
  private StorageProbe probe = StorageProbe.NONE;
  private @Nullable HttpSettings http;
  private @Nullable ModelRuntime runtime;
  private SelfTestMode selfTest = SelfTestMode.IN_PROCESS;
  private ChildLimits selfTestLimits = ChildLimits.DEFAULT;
  private Probation.Terms probation = Probation.Terms.DEFAULT;
  private String softwareVersion = "";
  private final ReleaseOptions releases = new ReleaseOptions();
  private Duration telemetryInterval = Duration.ofSeconds(30);
  private Duration willDelay = Duration.ofSeconds(10);

  EdgeAgentBuilder(AgentId id, FleetId fleet) {
    this.id = id;
    this.fleet = fleet;
  }

  /** Connects to this broker, {@code mqtt://host:port}, over TCP. */
  public EdgeAgentBuilder broker(URI server) {
    return connection(TransportSettings.of(server, id.value()));
  }

  /** Connects over TCP as these settings say; client id and will are the agent's. */
  public EdgeAgentBuilder connection(TransportSettings settings) {
    return transport(settings, PahoTransport::new);
  }

  /**
   * Connects in another way than over TCP, such as in memory.
   *
   * @param base whatever the factory heeds; client id and will are the agent's
   */
  public EdgeAgentBuilder transport(TransportSettings base, TransportFactory factory) {
    connection = base;
    transportFactory = factory;
    return this;
  }

  /** Runs on this scheduler, which stays the caller's, instead of on threads of its own. */
  public EdgeAgentBuilder scheduler(Scheduler given) {
    scheduler = given;
    return this;
  }

  /**
   * What the agent proves itself with to the coordinator and to the other participants of a round.
   * Without one it only serves what it has, and connects to nobody.
   *
   * @param enrolled stays the caller's to close, once the agent has stopped
   * @throws IllegalArgumentException if it is another agent's or another fleet's
   */
  public EdgeAgentBuilder identity(AgentIdentity enrolled) {
    if (!enrolled.agent().equals(id) || !enrolled.fleet().equals(fleet)) {
      throw new IllegalArgumentException(
          "the identity is that of agent %s of fleet %s, expected %s of %s"
              .formatted(enrolled.agent(), enrolled.fleet(), id, fleet));
    }
    identity = Optional.of(enrolled);
    return this;
  }

  /**
   * Is who has enrolled: has its identity, connects over mutual TLS to the broker that it was told
   * of, and fetches files over HTTPS where that is offered.
   *
   * @param keeper stays the caller's to close, once the agent has stopped
   * @throws IllegalArgumentException if it is another agent's or another fleet's
   */
  public EdgeAgentBuilder membership(MembershipKeeper keeper) {
    return identity(keeper.identity())
        .connection(TransportSettings.overTls(keeper.membership().broker(), id.value(), keeper))
        .https(keeper.towardDelivery());
  }

  /** Keeps models across restarts; without it, they live in memory. */
  public EdgeAgentBuilder dataDirectory(Path directory) {
    dataDirectory = Optional.of(directory);
    return this;
  }

  /** Hears of every step of deliveries on the disk; in a data directory only, and for tests. */
  EdgeAgentBuilder storageProbe(StorageProbe listener) {
    probe = listener;
    return this;
  }

  /** Room for models, on the disk or in memory. */
  public EdgeAgentBuilder quotaBytes(long bytes) {
    quotaBytes = bytes;
    return this;
  }

  /** What the agent trains on; without it, it only serves. */
  public EdgeAgentBuilder examples(ExampleStore store) {
    examples = store;
    return this;
  }

  public EdgeAgentBuilder randomness(AgentRandomness source) {
    randomness = source;
    return this;
  }

  /** What the agent agrees to when it is invited to train. */
  public EdgeAgentBuilder limits(ParticipationLimits agreed) {
    limits = agreed;
    return this;
  }

  /** What every session of secure aggregation must keep, whatever the coordinator says. */
  public EdgeAgentBuilder minima(ParticipantMinima insistedOn) {
    minima = insistedOn;
    return this;
  }

  /**
   * Where decisions on sessions are kept, instead of in the data directory; without either, they
   * live in memory, and so does everything that could be answered. The agent closes it.
   */
  public EdgeAgentBuilder decisions(DecisionLog log) {
    decisions = log;
    return this;
  }

  public EdgeAgentBuilder fetching(FetchSettings settings) {
    fetching = settings;
    return this;
  }

  /**
   * Fetches files over HTTPS too, where the coordinator says that they can be had so.
   *
   * @param toward with the agent's certificate, and trust in the fleet's delivery service alone
   */
  public EdgeAgentBuilder https(TlsContext toward) {
    https = Optional.of(toward);
    return this;
  }

  public EdgeAgentBuilder concurrency(Concurrency requests) {
    concurrency = requests;
    return this;
  }

  /** Listens for requests of programs on this device; without it, only this process can ask. */
  public EdgeAgentBuilder http(HttpSettings settings) {
    http = settings;
    return this;
  }

  /** Runs models on this runtime; several agents may share one. */
  public EdgeAgentBuilder runtime(ModelRuntime shared) {
    runtime = shared;
    return this;
  }

  /**
   * Where versions are tested before they answer: in this process, unless told otherwise, since a
   * program that an agent is embedded in may not be one that can start another of its kind.
   *
   * @param limits of a process of its own
   */
  public EdgeAgentBuilder selfTest(SelfTestMode mode, ChildLimits limits) {
    selfTest = mode;
    selfTestLimits = limits;
    return this;
  }

  /** How long a new version is watched, and after how many failures the one before it returns. */
  public EdgeAgentBuilder probation(Probation.Terms terms) {
    probation = terms;
    return this;
  }

  /** Which kind of hardware this is, to releases that are for some kinds only. */
  public EdgeAgentBuilder hardware(String kind) {
    releases.setHardware(kind);
    return this;
  }

  /** Which groups this agent is in, to releases that are for some groups only. */
  public EdgeAgentBuilder groups(Set<GroupName> names) {
    releases.setGroups(names);
    return this;
  }

  /** What signed releases expire by; the system's clock, or the given scheduler's, by default. */
  public EdgeAgentBuilder clock(InstantSource time) {
    releases.setClock(time);
    return this;
  }

  /** Where trust in releases is kept, instead of in the data directory, or else in memory. */
  public EdgeAgentBuilder trustStore(TrustStore store) {
    releases.setStore(store);
    return this;
  }

  /** What the agent tells the coordinator that it is. */
  public EdgeAgentBuilder softwareVersion(String version) {
    softwareVersion = version;
    return this;
  }

  public EdgeAgentBuilder telemetryInterval(Duration interval) {
    telemetryInterval = interval;
    return this;
  }

  /** How long the broker waits for a lost agent before it says that it is gone; whole seconds. */
  public EdgeAgentBuilder willDelay(Duration delay) {
    willDelay = delay;
    return this;
  }

  /**
   * The agent, not yet started; with {@link #http} it listens already, and says that it is not
   * ready.
   *
   * @throws IOException when the data directory or the address cannot be used
   */
  public EdgeAgent build() throws IOException {
    TransportSettings base = connection;
    TransportFactory factory = transportFactory;
    if (base == null || factory == null) {
      throw new IllegalStateException("an agent needs a broker");
    }
    Scheduler given = scheduler;
    EdgeAgent.Threads threads = given == null ? newThreads() : null;
    Kept kept = null;
    boolean built = false;
    try {
      Scheduler time = threads == null ? Objects.requireNonNull(given) : threads.scheduler();
      kept = open(time);
      ServingModels models = new ServingModels(concurrency);
      AgentCore.Voice voice = voice(base, factory, time);
      AgentCore core = new AgentCore(parts(voice, time, kept, models), voice, limits);
      EdgeAgent agent = new EdgeAgent(id, core, models, time, threads, listen(core, models));
      built = true;
      return agent;
    } finally {
      if (!built) {
        if (kept != null) {
          kept.close();
        }
        EdgeAgent.close(threads);
      }
    }
  }

  private AgentCore.Voice voice(TransportSettings base, TransportFactory factory, Scheduler time) {
    Topics topics = new Topics(fleet);
    String bootId = randomness.newBootId();
    AgentConnection.Identity speaker =
        new AgentConnection.Identity(
            id,
            bootId,
            softwareVersion,
            identity.map(enrolled -> new MessageSigning(enrolled, bootId, time::now)));
    MqttTransport transport =
        factory.create(settings(base, topics, speaker), time, randomness.generator());
    return new AgentCore.Voice(
        transport, topics, speaker, telemetryInterval, base.server().toString());
  }

  private AgentParts parts(AgentCore.Voice voice, Scheduler time, Kept kept, ServingModels models) {
    ArtifactCache cache = kept.cache();
    ModelOpening opening = opening(cache, time);
    ArtifactFetcher fetcher =
        new ArtifactFetcher(
            voice.transport(),
            voice.topics(),
            time,
            randomness.generator(),
            cache,
            fetching,
            new SealedBlocks(fleet, opening.ring()));
    https.ifPresent(tls -> fetcher.setRangeSource(new HttpsRanges(tls, time)));
    ModelRuntime engine = runtime == null ? ModelRuntime.tensorFlowLite() : runtime;
    TrainingWeights weights = new TrainingWeights(cache, opening.opener(), randomness.newStream());
    ArtifactsInUse inUse =
        new ArtifactsInUse(digest -> weights.contains(digest) || fetcher.isUsing(digest));
    fetcher.assembleWith(new DifferenceAssembly(cache, opening.opener(), inUse::find));
    return new AgentParts(
        id,
        kept.enrolment(),
        time,
        fetcher,
        cache,
        opening,
        engine,
        new VersionLoading(opening.opener(), SelfTests.of(selfTest, engine, selfTestLimits), probe),
        new ProbationShell(
            id, time, onDisk(directory -> new ProbationFile(directory, probe)), probation),
        models,
        examples,
        randomness,
        weights,
        inUse,
        releases.gate(
            id,
            identity,
            onDisk(directory -> new FileTrustStore(directory, probe)),
            time,
            scheduler != null));
  }

  private <T> Optional<T> onDisk(Function<Path, T> file) {
    return dataDirectory.map(file);
  }

  /** An agent with an identity takes only sealed models; one without can open none. */
  private ModelOpening opening(ArtifactCache cache, Scheduler time) {
    Optional<EncryptionIdentity> encryption = identity.flatMap(AgentIdentity::encryption);
    KeyRing ring = new KeyRing(fleet, id, encryption, onDisk(d -> new KeyFile(d, probe)));
    ArtifactOpener opener = new ArtifactOpener(fleet, cache, ring, identity.isPresent());
    return new ModelOpening(id, time, new ModelOpening.Means(encryption, ring, opener));
  }

  private DecisionLog openDecisions() {
    return decisions != null
        ? decisions
        : dataDirectory.map(FileDecisionLog::openOrRefuseAll).orElseGet(InMemoryDecisionLog::new);
  }

  private @Nullable InferenceServer listen(AgentCore core, ServingModels models)
      throws IOException {
    if (http == null) {
      return null;
    }
    return InferenceServer.start(
        http,
        new InferenceApi(
            models, softwareVersion, () -> core.counters().byName(), core::storageObstacle));
  }

  private Kept open(Scheduler time) throws IOException {
    ArtifactCache cache =
        dataDirectory.isPresent()
            ? DirectoryArtifactCache.open(dataDirectory.get(), quotaBytes, probe)
            : new InMemoryArtifactCache(quotaBytes);
    return new Kept(
        cache,
        identity.map(enrolled -> Enrolment.of(enrolled, openDecisions(), minima, time::now)));
  }

  private EdgeAgent.Threads newThreads() {
    WorkerPool workers = new WorkerPool("agent-" + id + "-worker", 2);
    return new EdgeAgent.Threads(new ExecutorScheduler("agent-" + id, workers), workers);
  }

  private TransportSettings settings(
      TransportSettings base, Topics topics, AgentConnection.Identity identity) {
    return AgentConnection.will(topics, identity)
        .map(gone -> new Will(gone.topic(), gone.payload(), gone.qos(), gone.retain(), willDelay))
        .map(base::withWill)
        .orElse(base);
  }
}
