package io.covey.benchmarks.delivery;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.DirectoryArtifactCache;
import io.covey.edgeagent.https.HttpsRanges;
import io.covey.edgeagent.mqtt.AgentConnection;
import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.mqtt.FetchPriority;
import io.covey.edgeagent.mqtt.FetchSettings;
import io.covey.edgeagent.mqtt.MessageSigning;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.PahoTransport;
import io.covey.protocols.transport.TransportSettings;
import io.covey.protocols.transport.TransportSettings.BackoffBounds;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;

/** The part of an agent that fetches, with a directory, a connection and a proxy of its own. */
final class FetchingAgent implements AutoCloseable {
  private static final long QUOTA_BYTES = 2L << 30;

  private final AgentId id;
  private final LossyProxy proxy;
  private final ArtifactCache cache;
  private final ExecutorScheduler scheduler;
  private final PahoTransport transport;
  private final ArtifactFetcher fetcher;
  private final AgentConnection connection;

  FetchingAgent(int number, LossyProxy proxy, Path directory, WorkerPool workers, long seed)
      throws IOException {
    this.proxy = proxy;
    String name = "agent-" + number;
    this.id = new AgentId(name);
    this.cache = DirectoryArtifactCache.open(directory.resolve(name), QUOTA_BYTES);
    this.scheduler = new ExecutorScheduler(name, workers);
    SplittableRandom random = new SplittableRandom(seed);
    Topics topics = new Topics(BenchFleet.FLEET);
    this.transport =
        new PahoTransport(
            TransportSettings.of(URI.create("mqtt://127.0.0.1:" + proxy.port()), name)
                .withBackoff(new BackoffBounds(Duration.ofMillis(200), Duration.ofSeconds(10))),
            scheduler,
            random);
    this.fetcher = new ArtifactFetcher(transport, topics, scheduler, random, cache, settings());
    this.connection =
        new AgentConnection(
            transport,
            topics,
            identity(id, "boot-" + number),
            fetcher,
            new RefusedMessages(scheduler),
            new Deaf());
  }

  private AgentConnection.Identity identity(AgentId agent, String bootId) {
    MessageSigning signing = new MessageSigning(BenchFleet.enrol(agent), bootId, scheduler::now);
    return new AgentConnection.Identity(agent, bootId, "bench", Optional.of(signing));
  }

  private static FetchSettings settings() {
    FetchSettings standard = FetchSettings.DEFAULT;
    return new FetchSettings(
        QUOTA_BYTES,
        standard.maximumTransfers(),
        standard.progressTimeout(),
        standard.firstBackoff(),
        standard.longestBackoff(),
        standard.maximumFailures(),
        standard.window(),
        standard.bytesPerSecond());
  }

  /** From now on also from there. */
  void fetchOverHttps(ArtifactUrl url, BenchMembers members) {
    SSLContext tls = members.agent(id);
    fetcher.setRangeSource(new HttpsRanges(() -> tls, scheduler));
    fetcher.setUrls(List.of(url));
  }

  LossyProxy proxy() {
    return proxy;
  }

  long repeatedBytes() {
    return fetcher.repeatedBytes();
  }

  /** Begins; true once the file is in the cache, where only whole and verified files are. */
  CompletableFuture<Boolean> fetch(ArtifactReference artifact) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          connection.open();
          var unused =
              fetcher.fetch(
                  PublishingProcess.MODEL,
                  List.of(artifact),
                  FetchPriority.SERVING,
                  new ArtifactFetcher.Listener() {
                    @Override
                    public void fetched() {
                      done.complete(true);
                    }

                    @Override
                    public void failed(String detail) {
                      System.err.println(detail);
                      done.complete(false);
                    }
                  });
        });
    return done;
  }

  /** Whether the cache holds the file, hashed anew by whoever opens it next. */
  boolean holds(ArtifactReference artifact) throws IOException {
    return cache.contains(artifact);
  }

  @Override
  public void close() throws IOException {
    scheduler.execute(fetcher::close);
    transport.close();
    proxy.close();
    cache.close();
    scheduler.close();
  }

  /** Nothing but chunks is said to these agents. */
  private static final class Deaf implements AgentConnection.Listener {
    @Override
    public void connected(boolean sessionPresent) {
      // Nothing to report.
    }

    @Override
    public void greeted() {
      // Nothing to repeat.
    }

    @Override
    public void disconnected(String reason) {
      // The transport connects again.
    }

    @Override
    public void desired(DesiredState state) {
      // Nobody wants anything served here.
    }

    @Override
    public void granted(GroupKeyGranted grant) {
      // Nothing is opened here.
    }

    @Override
    public void saidInRound(RoundMessage message) {
      // There are no rounds.
    }
  }
}
