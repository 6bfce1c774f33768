package io.covey.edgeagent.app;

import io.covey.edgeagent.serving.InProcessInference;
import io.covey.edgeagent.serving.InferenceException;
import io.covey.edgeagent.serving.InferenceServer;
import io.covey.edgeagent.serving.ServingModels;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.WorkerPool;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent: fetches the models that its fleet's coordinator wants on it, serves them to programs
 * on this device, and trains them on its own examples when it is invited.
 *
 * <pre>{@code
 * try (EdgeAgent agent =
 *     EdgeAgent.builder(new AgentId("kitchen"), new FleetId("home"))
 *         .broker(URI.create("mqtt://broker.local:1883"))
 *         .dataDirectory(Path.of("/var/lib/covey-agent"))
 *         .build()) {
 *   agent.start();
 *   ...
 *   float[] logits = agent.infer(new ModelName("digits"), pixels).get("logits");
 * }
 * }</pre>
 *
 * <p>Thread rule: any thread that the agent's scheduler takes tasks from; with the threads that an
 * agent makes for itself by default, that is every thread. Inference may always be called from any.
 */
public final class EdgeAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeAgent.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final AgentId id;
  private final AgentCore core;
  private final ServingModels models;
  private final Scheduler scheduler;
  private final @Nullable Threads threads;
  private final @Nullable InferenceServer server;

  /** Threads that an agent made for itself. */
  record Threads(ExecutorScheduler scheduler, WorkerPool workers) {}

  EdgeAgent(
      AgentId id,
      AgentCore core,
      ServingModels models,
      Scheduler scheduler,
      @Nullable Threads threads,
      @Nullable InferenceServer server) {
    this.id = id;
    this.core = core;
    this.models = models;
    this.scheduler = scheduler;
    this.threads = threads;
    this.server = server;
  }

  /** Begins to describe an agent. */
  public static EdgeAgentBuilder builder(AgentId agent, FleetId fleet) {
    return new EdgeAgentBuilder(agent, fleet);
  }

  public AgentId id() {
    return id;
  }

  /** Serves what was served before the last stop, and connects. Called once; returns at once. */
  public void start() {
    scheduler.execute(core::start);
  }

  /** Leaves the fleet in order; completes, within seconds, when everything is closed. */
  public CompletionStage<Void> stop() {
    closeServer();
    CompletableFuture<Void> done = new CompletableFuture<>();
    scheduler.execute(() -> core.stop().thenRun(() -> done.complete(null)));
    return done;
  }

  /** Ends at once and says nothing to anybody, as a crash would. */
  public void abort() {
    closeServer();
    scheduler.execute(core::abort);
  }

  /**
   * Leaves the fleet in order. Waits at most five seconds for that when the agent has its own
   * threads; with a scheduler of the caller's it only begins, as {@link #stop} does.
   */
  @Override
  public void close() {
    CompletableFuture<Void> done = stop().toCompletableFuture();
    Threads own = threads;
    if (own == null) {
      return;
    }
    try {
      done.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Agent {} did not leave in order within {}", id, CLOSE_TIMEOUT);
    }
    close(own);
  }

  static void close(@Nullable Threads own) {
    if (own != null) {
      own.scheduler().close();
      own.workers().close();
    }
  }

  private void closeServer() {
    if (server != null) {
      server.close();
    }
  }

  /** Where programs on this device ask over HTTP; empty when the agent does not listen. */
  public Optional<InetSocketAddress> servingAddress() {
    return Optional.ofNullable(server).map(InferenceServer::address);
  }

  /** Whether the connection to the broker stands. */
  public boolean connected() {
    return core.connected();
  }

  /** Whether every model that the coordinator wants here has a version that answers. */
  public boolean ready() {
    return models.ready();
  }

  /** The version of each model that answers now. */
  public Map<ModelName, ModelVersion> servedVersions() {
    return models.versions();
  }

  public AgentCounters counters() {
    return core.counters();
  }

  /**
   * Asks a model that takes and gives 32-bit floats.
   *
   * @param inputs one for each of the model's inputs, in the order of their names, row by row; the
   *     dimension that the model leaves open follows from the length
   * @return the outputs by name, row by row
   * @throws InferenceException when the model is not served here, or the inputs do not fit
   */
  public Map<String, float[]> infer(ModelName model, float[]... inputs) throws InferenceException {
    return InProcessInference.run(models, model, inputs);
  }
}
