package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** A broker in memory, a publisher that may answer requests, and agents that fetch. */
final class DeliveryWorld {
  static final ModelName MODEL = new ModelName("toy");
  static final Topics TOPICS = new Topics(new FleetId("test"));
  static final int CHUNK_BYTES = 1000;
  static final int CHUNKS = 60;
  private static final Duration GATHERING = Duration.ofMillis(100);

  final VirtualTime time = new VirtualTime(Instant.EPOCH);
  final InMemoryNetwork network;
  final byte[] content = new byte[CHUNK_BYTES * CHUNKS - 300];
  final ArtifactReference artifact;

  /** Blocks that agents have asked the coordinator for, in order. */
  final List<Integer> requested = new ArrayList<>();

  /** Blocks that were published on request. */
  final List<Integer> answers = new ArrayList<>();

  /** Whether requests are answered. */
  boolean answering;

  private final TreeSet<Integer> gathered = new TreeSet<>();
  private final MqttTransport coordinator;
  private final Map<String, Integer> runs = new TreeMap<>();
  private final TrialAuthority authority =
      TrialAuthority.insecureSeeded(TOPICS.fleet(), new Ed25519(), 1);
  private final CoordinatorMessageGuard guard;

  DeliveryWorld(long seed) {
    network = new InMemoryNetwork(time, seed, NetworkFaults.NONE);
    coordinator = network.connect(InMemoryNetwork.settings("coordinator"));
    guard =
        new CoordinatorMessageGuard(
            authority.coordinator(),
            new CertifiedDirectory(
                FleetVerifier.of(authority.coordinator().trust(), new Ed25519()), time::now),
            new Ed25519(),
            time.now());
    new Random(seed).nextBytes(content);
    artifact = new ArtifactReference(Role.SERVING, Sha256.of(content), content.length, CHUNK_BYTES);
    coordinator.subscribe(TOPICS.fromAgents(), QualityOfService.AT_LEAST_ONCE);
    coordinator.open(new Ear());
    time.runFor(Duration.ofSeconds(1));
  }

  /** The broker retains all blocks. */
  void publishRetained() {
    for (int i = 0; i < CHUNKS; i++) {
      publish(i, true);
    }
    time.runFor(Duration.ofSeconds(5));
  }

  void publish(int index, boolean retained) {
    publish(
        index,
        ByteString.copyFrom(content, index * CHUNK_BYTES, artifact.chunkLengthBytes(index)),
        retained);
  }

  void publish(int index, ByteString block, boolean retained) {
    String topic = TOPICS.artifactChunk(MODEL, artifact.digest(), index);
    ByteString body =
        MessageCodec.encode(
            new Envelope("c", 0, new ArtifactChunk(artifact.digest(), index, block)));
    ByteString signed =
        guard.sign(guard.draft(topic, Duration.ofDays(1), time.now()).orElseThrow(), body);
    var unused =
        coordinator.publish(
            new Publication(topic, signed, QualityOfService.AT_LEAST_ONCE, retained));
  }

  /** One run of an agent's process. */
  final class Device {
    final MqttTransport transport;
    final ArtifactFetcher fetcher;
    final List<String> outcomes = new ArrayList<>();
    final List<String> stalls = new ArrayList<>();

    Device(String name, ArtifactCache cache, FetchSettings settings, BlockCheck check) {
      int run = runs.merge(name, 1, Integer::sum);
      transport = network.connect(InMemoryNetwork.settings(name));
      fetcher =
          new ArtifactFetcher(
              transport, TOPICS, time, new SplittableRandom(run), cache, settings, check);
      AgentIdentity identity = authority.enrol(new AgentId(name), 0);
      String bootId = name + "-" + run;
      new AgentConnection(
              transport,
              TOPICS,
              new AgentConnection.Identity(
                  identity.agent(),
                  bootId,
                  "",
                  Optional.of(new MessageSigning(identity, bootId, time::now))),
              fetcher,
              new RefusedMessages(time),
              new Silent())
          .open();
    }

    /** Blocks that have reached this run, in bytes. */
    long bytesReceived() {
      return transport.counters().bytesReceived();
    }

    void fetch() {
      fetcher.fetch(
          MODEL,
          List.of(artifact),
          FetchPriority.SERVING,
          new ArtifactFetcher.Listener() {
            @Override
            public void fetched() {
              outcomes.add("fetched");
            }

            @Override
            public void failed(String detail) {
              outcomes.add(detail);
            }

            @Override
            public void stalled(String detail) {
              stalls.add(detail);
            }
          });
    }
  }

  private void answerSoon(List<Integer> indices) {
    if (gathered.isEmpty()) {
      time.schedule(
          GATHERING,
          () -> {
            answers.addAll(gathered);
            gathered.forEach(index -> publish(index, false));
            gathered.clear();
          });
    }
    gathered.addAll(indices);
  }

  /** Answers requests as the coordinator does: once for all who ask at the time. */
  private final class Ear implements MqttTransport.Listener {
    @Override
    public void onConnected(boolean sessionPresent) {
      // It says what it is told to.
    }

    @Override
    public void onDisconnected(String reason) {
      // The transport connects again.
    }

    @Override
    public void onMessage(InboundMessage message) {
      message.acknowledge().run();
      try {
        ByteString body = SignedMessage.decode(message.payload()).body();
        if (!body.isEmpty() && MessageCodec.decode(body).body() instanceof ChunksWanted wanted) {
          requested.addAll(wanted.chunks());
          if (answering) {
            answerSoon(wanted.chunks());
          }
        }
      } catch (DecodeException e) {
        throw new AssertionError("an agent said what nobody can read", e);
      }
    }
  }

  /** An agent that only fetches. */
  private static final class Silent implements AgentConnection.Listener {
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
      throw new AssertionError("nobody desires anything here");
    }

    @Override
    public void granted(GroupKeyGranted grant) {
      // Nothing is opened here.
    }

    @Override
    public void saidInRound(RoundMessage message) {
      throw new AssertionError("there are no rounds here");
    }
  }
}
