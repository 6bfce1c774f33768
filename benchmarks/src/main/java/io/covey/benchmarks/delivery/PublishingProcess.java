package io.covey.benchmarks.delivery;

import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.broker.EmbeddedBroker;
import io.covey.coordinator.delivery.BlockServer;
import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.coordinator.mqtt.FleetLink;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.training.Publisher;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.time.ExecutorScheduler;
import io.covey.protocols.time.WorkerPool;
import io.covey.protocols.transport.PahoTransport;
import io.covey.protocols.transport.TransportSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The coordinator's side, in a process of its own whose heap is bounded: broker, publisher, and the
 * answers to requests. Says {@code ready PORT SHA256 HTTPS-PORT}, then its figures for each line
 * that it reads, and ends when there are no more.
 */
final class PublishingProcess {
  static final ModelName MODEL = new ModelName("model");
  private static final String CLIENT = "coordinator:bench";
  private static final ModelVersion VERSION = new ModelVersion(1);

  private PublishingProcess() {}

  static ArtifactReference reference(Sha256 digest, int bytes) {
    return new ArtifactReference(Role.SERVING, digest, bytes, Limits.CHUNK_CONTENT_BYTES);
  }

  /**
   * Arguments: bytes of the file, a seed, the mode of delivery, and a directory with what files are
   * served over HTTPS with, or nothing.
   */
  public static void main(String[] args) throws IOException {
    int bytes = Integer.parseInt(args[0]);
    long seed = Long.parseLong(args[1]);
    DeliverySettings.Mode mode = DeliverySettings.Mode.valueOf(args[2]);
    PeakHeap heap = PeakHeap.start();
    WorkerPool workers = new WorkerPool("bench-worker", 2);
    ExecutorScheduler scheduler = new ExecutorScheduler("bench-coordinator", workers);
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(BrokerSettings.onLoopback(BenchFleet.FLEET, CLIENT))) {
      PahoTransport transport =
          new PahoTransport(
              TransportSettings.of(broker.uri(), CLIENT), scheduler, new SplittableRandom(seed));
      CoordinatorMessageGuard guard = BenchFleet.guard(scheduler.now());
      FleetLink.Voice voice = new FleetLink.Voice("bench", guard);
      try (FleetLink link =
          new FleetLink(scheduler, transport, voice, new RefusedMessages(scheduler))) {
        OneArtifact artifact = new OneArtifact(bytes, seed);
        Optional<HttpsFiles> https = https(args[3], artifact);
        DeliverySettings standard = DeliverySettings.standard();
        BlockServer blocks = new BlockServer(scheduler, link, artifact, standard);
        Publisher publisher =
            new Publisher(scheduler, link, artifact, blocks, new Publisher.Terms(2, mode));
        scheduler.execute(
            () -> {
              link.open(new Requests(blocks));
              publisher
                  .publish(artifact.manifest())
                  .thenRun(
                      () ->
                          say(
                              "ready %d %s %d"
                                  .formatted(
                                      broker.port(),
                                      artifact.digest,
                                      https.map(HttpsFiles::port).orElse(0))));
            });
        answer(heap, blocks, https);
        https.ifPresent(HttpsFiles::close);
      }
    }
  }

  private static Optional<HttpsFiles> https(String members, OneArtifact artifact)
      throws IOException {
    return members.isEmpty()
        ? Optional.empty()
        : Optional.of(new HttpsFiles(Path.of(members), artifact.sealedReference(), artifact));
  }

  private static void answer(PeakHeap heap, BlockServer blocks, Optional<HttpsFiles> https)
      throws IOException {
    BufferedReader asked =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (asked.readLine() != null) {
      long httpsBytes = https.map(HttpsFiles::bytes).orElse(0L);
      say("figures %d %d %d".formatted(heap.bytes(), blocks.answered(), httpsBytes));
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /** A file of random bytes. */
  private static final class OneArtifact implements ArtifactStore {
    private final byte[] content;
    private final Sha256 digest;

    OneArtifact(int bytes, long seed) {
      this.content = new byte[bytes];
      new Random(seed).nextBytes(content);
      this.digest = Sha256.of(content);
    }

    ModelManifest manifest() {
      return new ModelManifest(
          MODEL,
          VERSION,
          List.of(
              new ArtifactReference(
                  Role.GRAPH, digest, content.length, Limits.CHUNK_CONTENT_BYTES)));
    }

    /** As if it were sealed: over HTTPS nothing else is served, and here nobody opens it. */
    ArtifactReference sealedReference() {
      return new ArtifactReference(
          Role.SERVING,
          digest,
          content.length,
          Limits.CHUNK_CONTENT_BYTES,
          Optional.of(new ArtifactReference.Sealing(digest, content.length - 1L, VERSION)));
    }

    @Override
    public Sha256 put(byte[] other) {
      throw new UnsupportedOperationException("one file is all there is");
    }

    @Override
    public Optional<byte[]> get(Sha256 wanted) {
      return wanted.equals(digest) ? Optional.of(content) : Optional.empty();
    }
  }

  /** Of what agents say, only requests matter. */
  private record Requests(BlockServer blocks) implements AgentMessages {
    @Override
    public void received(AgentId agent, Envelope envelope, int bytes) {
      if (envelope.body() instanceof ChunksWanted wanted) {
        blocks.wanted(agent, wanted);
      }
    }

    @Override
    public void brokerReached(boolean sessionPresent) {
      // The broker is in this process.
    }

    @Override
    public void brokerLost(String reason) {
      System.err.println("lost the broker: " + reason);
    }
  }
}
