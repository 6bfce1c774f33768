package io.covey.edgeagent.app;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.DirectoryArtifactCache;
import io.covey.edgeagent.artifacts.InMemoryArtifactCache;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.edgeagent.mqtt.AgentConnection;
import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.mqtt.FetchSettings;
import io.covey.edgeagent.serving.ServedVersion.Concurrency;
import io.covey.edgeagent.serving.ServingModels;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.TransportSettings;
import io.covey.protocols.transport.Will;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Describes an {@link EdgeAgent}. Only a broker must be given; the rest has defaults. */
public final class EdgeAgentBuilder {
  private static final long DEFAULT_QUOTA_BYTES = 512L << 20;

  private final AgentId agent;
  private final FleetId fleet;
  private @Nullable TransportSettings connection;
  private @Nullable TransportFactory transportFactory;
  private @Nullable Scheduler scheduler;
  private Optional<Path> dataDirectory = Optional.empty();
  private long quotaBytes = DEFAULT_QUOTA_BYTES;
  private ExampleStore examples = InMemoryExampleStore.empty();
  private AgentRandomness randomness = AgentRandomness.secure();
  private ParticipationLimits limits = ParticipationLimits.DEFAULT;
  private FetchSettings fetching = FetchSettings.DEFAULT;
  private Concurrency concurrency = new Concurrency(2, Duration.ofSeconds(2));
  private @Nullable ModelRuntime runtime;
  private String softwareVersion = "";
  private Duration telemetryInterval = Duration.ofSeconds(30);
  private Duration willDelay = Duration.ofSeconds(10);

  EdgeAgentBuilder(AgentId agent, FleetId fleet) {
    this.agent = agent;
    this.fleet = fleet;
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

  /** Keeps models across restarts; without it, they live in memory. */
  public EdgeAgentBuilder dataDirectory(Path directory) {
    dataDirectory = Optional.of(directory);
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

  public EdgeAgentBuilder fetching(FetchSettings settings) {
    fetching = settings;
    return this;
  }

  public EdgeAgentBuilder concurrency(Concurrency requests) {
    concurrency = requests;
    return this;
  }

  /** Runs models on this runtime; several agents may share one. */
  public EdgeAgentBuilder runtime(ModelRuntime shared) {
    runtime = shared;
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
   * The agent, not yet started.
   *
   * @throws IOException when the data directory cannot be used
   */
  public EdgeAgent build() throws IOException {
    TransportSettings base = connection;
    TransportFactory factory = transportFactory;
    if (base == null || factory == null) {
      throw new IllegalStateException("an agent needs a broker");
    }
    ArtifactCache cache = openCache();
    EdgeAgent.Threads threads = scheduler == null ? newThreads() : null;
    Scheduler time = threads == null ? given(scheduler) : threads.scheduler();
    Topics topics = new Topics(fleet);
    AgentConnection.Identity identity =
        new AgentConnection.Identity(agent, randomness.newBootId(), softwareVersion);
    MqttTransport transport =
        factory.create(settings(base, topics, identity), time, randomness.generator());
    ServingModels models = new ServingModels(concurrency);
    ArtifactFetcher fetcher =
        new ArtifactFetcher(transport, topics, time, randomness.generator(), cache, fetching);
    ModelRuntime engine = runtime == null ? ModelRuntime.tensorFlowLite() : runtime;
    AgentParts parts = new AgentParts(time, fetcher, cache, engine, models, examples, randomness);
    AgentCore.Voice voice =
        new AgentCore.Voice(
            transport, topics, identity, telemetryInterval, base.server().toString());
    return new EdgeAgent(agent, new AgentCore(parts, voice, limits), models, time, threads);
  }

  private ArtifactCache openCache() throws IOException {
    return dataDirectory.isPresent()
        ? DirectoryArtifactCache.open(dataDirectory.get(), quotaBytes)
        : new InMemoryArtifactCache(quotaBytes);
  }

  private EdgeAgent.Threads newThreads() {
    WorkerPool workers = new WorkerPool("agent-" + agent + "-worker", 2);
    return new EdgeAgent.Threads(new ExecutorScheduler("agent-" + agent, workers), workers);
  }

  private static Scheduler given(@Nullable Scheduler scheduler) {
    if (scheduler == null) {
      throw new IllegalStateException("no scheduler was given");
    }
    return scheduler;
  }

  private TransportSettings settings(
      TransportSettings base, Topics topics, AgentConnection.Identity identity) {
    Publication gone = AgentConnection.will(topics, identity);
    return base.withWill(
        new Will(gone.topic(), gone.payload(), gone.qos(), gone.retain(), willDelay));
  }
}
