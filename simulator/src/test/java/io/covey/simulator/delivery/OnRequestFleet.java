package io.covey.simulator.delivery;

import io.covey.coordinator.delivery.BlockServer;
import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.coordinator.mqtt.FleetLink;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.artifacts.InMemoryArtifactCache;
import io.covey.edgeagent.mqtt.AgentConnection;
import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.mqtt.FetchPriority;
import io.covey.edgeagent.mqtt.FetchSettings;
import io.covey.edgeagent.mqtt.MessageSigning;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.NetworkFaults;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The coordinator's answers and the agents' fetching over a broker in memory that keeps nothing.
 */
final class OnRequestFleet {
  private static final ModelName MODEL = new ModelName("toy");
  private static final Topics TOPICS = new Topics(new FleetId("test"));
  private static final int CHUNK_BYTES = 1000;

  final VirtualTime time = new VirtualTime(Instant.EPOCH);
  final InMemoryNetwork network;
  final BlockServer blocks;
  final int chunks;
  private final long seed;
  private final byte[] content;
  private final ArtifactReference artifact;
  private final TrialAuthority authority =
      TrialAuthority.insecureSeeded(TOPICS.fleet(), new Ed25519(), 1);
  private final List<Device> devices = new ArrayList<>();

  OnRequestFleet(long seed, int chunks) {
    this.seed = seed;
    this.chunks = chunks;
    this.network = new InMemoryNetwork(time, seed, NetworkFaults.NONE);
    this.content = new byte[CHUNK_BYTES * chunks];
    new Random(seed).nextBytes(content);
    this.artifact =
        new ArtifactReference(Role.GRAPH, Sha256.of(content), content.length, CHUNK_BYTES);
    CoordinatorMessageGuard guard =
        new CoordinatorMessageGuard(
            authority.coordinator(),
            new CertifiedDirectory(
                FleetVerifier.of(authority.coordinator().trust(), new Ed25519()), time::now),
            new Ed25519(),
            time.now());
    FleetLink link =
        new FleetLink(
            time,
            network.connect(InMemoryNetwork.settings("coordinator")),
            new FleetLink.Voice("c", guard),
            new RefusedMessages(time));
    this.blocks = new BlockServer(time, link, new OneFile(), DeliverySettings.standard());
    blocks.offer(MODEL, artifact);
    link.open(new Requests());
    time.runFor(Duration.ofSeconds(1));
  }

  /** One agent that fetches the file from now on, over a link with these delays. */
  Device add(Duration shortest, Duration longest) {
    Device device = new Device("agent-" + devices.size(), shortest, longest);
    devices.add(device);
    return device;
  }

  List<Device> devices() {
    return devices;
  }

  /** Lets time pass until everybody has the file. */
  void fetchAll(Duration atMost) {
    time.runUntil(() -> devices.stream().allMatch(device -> device.fetched), atMost);
  }

  /** Blocks that came to an agent that had them, over the file, on average. */
  double repeated() {
    return devices.stream().mapToLong(d -> d.fetcher.repeatedBytes()).average().orElse(0)
        / content.length;
  }

  double worstRepeated() {
    return (double) devices.stream().mapToLong(d -> d.fetcher.repeatedBytes()).max().orElse(0)
        / content.length;
  }

  /** How often the file went out, for all together. */
  double answered() {
    return (double) blocks.answered() / chunks;
  }

  /** One agent's fetching. */
  final class Device {
    final ArtifactFetcher fetcher;
    boolean fetched;

    private Device(String name, Duration shortest, Duration longest) {
      MqttTransport transport = network.connect(InMemoryNetwork.settings(name));
      network.setFaults(name, NetworkFaults.NONE.withDelay(shortest, longest));
      fetcher =
          new ArtifactFetcher(
              transport,
              TOPICS,
              time,
              new SplittableRandom(seed * 1000 + devices.size()),
              new InMemoryArtifactCache(1 << 20),
              FetchSettings.DEFAULT);
      AgentIdentity identity = authority.enrol(new AgentId(name), 0);
      new AgentConnection(
              transport,
              TOPICS,
              new AgentConnection.Identity(
                  identity.agent(),
                  name,
                  "",
                  Optional.of(new MessageSigning(identity, name, time::now))),
              fetcher,
              new RefusedMessages(time),
              new Silent())
          .open();
      fetcher.fetch(
          MODEL,
          List.of(artifact),
          FetchPriority.SERVING,
          new ArtifactFetcher.Listener() {
            @Override
            public void fetched() {
              fetched = true;
            }

            @Override
            public void failed(String detail) {
              throw new AssertionError(detail);
            }
          });
    }
  }

  private final class OneFile implements ArtifactStore {
    @Override
    public Sha256 put(byte[] other) {
      throw new AssertionError("one file is all there is");
    }

    @Override
    public Optional<byte[]> get(Sha256 wanted) {
      return wanted.equals(artifact.digest()) ? Optional.of(content) : Optional.empty();
    }
  }

  private final class Requests implements AgentMessages {
    @Override
    public void received(AgentId agent, Envelope envelope, int bytes) {
      if (envelope.body() instanceof ChunksWanted wanted) {
        blocks.wanted(agent, wanted);
      }
    }

    @Override
    public void brokerReached(boolean sessionPresent) {
      // It is always there.
    }

    @Override
    public void brokerLost(String reason) {
      throw new AssertionError("lost the broker: " + reason);
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
