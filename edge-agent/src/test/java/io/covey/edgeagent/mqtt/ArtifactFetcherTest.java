package io.covey.edgeagent.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.CertifiedDirectory;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.message.CoordinatorMessageGuard;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.artifacts.InMemoryArtifactCache;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.GroupKeyGranted;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.topic.TrustPlace;
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
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactFetcherTest {
  private static final ModelName MODEL = new ModelName("toy");
  private static final Topics TOPICS = new Topics(new FleetId("test"));
  private static final int CHUNK_BYTES = 100;
  private static final FetchSettings SETTINGS =
      new FetchSettings(
          10_000, 2, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(1), 3, 8, 0);

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final InMemoryNetwork network = new InMemoryNetwork(time, 5, NetworkFaults.NONE);
  private final MqttTransport publisher = network.connect(InMemoryNetwork.settings("coordinator"));
  private final InMemoryArtifactCache cache = new InMemoryArtifactCache(100_000);
  private final MqttTransport transport = network.connect(InMemoryNetwork.settings("a1"));
  private final ArtifactFetcher fetcher =
      new ArtifactFetcher(transport, TOPICS, time, new SplittableRandom(3), cache, SETTINGS);
  private final RefusedMessages refused = new RefusedMessages(time);
  private final TrialAuthority authority =
      TrialAuthority.insecureSeeded(TOPICS.fleet(), new Ed25519(), 1);
  private final CoordinatorMessageGuard guard =
      new CoordinatorMessageGuard(
          authority.coordinator(),
          new CertifiedDirectory(
              FleetVerifier.of(authority.coordinator().trust(), new Ed25519()), time::now),
          new Ed25519(),
          time.now());
  private final List<String> outcomes = new ArrayList<>();

  ArtifactFetcherTest() {
    publisher.open(new Deaf());
    connect("a1", transport, fetcher);
    time.runFor(Duration.ofSeconds(1));
  }

  private void connect(String name, MqttTransport through, ArtifactFetcher fetching) {
    AgentIdentity identity = authority.enrol(new AgentId(name), 0);
    new AgentConnection(
            through,
            TOPICS,
            new AgentConnection.Identity(
                identity.agent(),
                "boot",
                "",
                Optional.of(new MessageSigning(identity, "boot", time::now))),
            fetching,
            refused,
            new Silent())
        .open();
    time.runFor(Duration.ofSeconds(1));
  }

  private static byte[] content(int length, long seed) {
    byte[] content = new byte[length];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static ArtifactReference reference(Role role, byte[] content) {
    return new ArtifactReference(role, Sha256.of(content), content.length, CHUNK_BYTES);
  }

  private static ModelManifest manifest(ArtifactReference... artifacts) {
    return new ModelManifest(MODEL, new ModelVersion(1), List.of(artifacts));
  }

  private void publish(ArtifactReference reference, byte[] content) {
    for (int i = 0; i < reference.chunkCount(); i++) {
      publishChunk(reference, i, content, reference.chunkLengthBytes(i));
    }
  }

  private void publishChunk(ArtifactReference reference, int index, byte[] content, int length) {
    ByteString part = ByteString.copyFrom(content, index * CHUNK_BYTES, length);
    say(
        TOPICS.artifactChunk(MODEL, reference.digest(), index),
        MessageCodec.encode(
            new Envelope("c", 0, new ArtifactChunk(reference.digest(), index, part))));
  }

  private void say(String topic, ByteString body) {
    ByteString payload =
        guard.sign(guard.draft(topic, Duration.ofDays(1), time.now()).orElseThrow(), body);
    var unused =
        publisher.publish(new Publication(topic, payload, QualityOfService.AT_LEAST_ONCE, true));
  }

  private ArtifactFetcher.Ticket fetch(String name, ModelManifest manifest) {
    return fetcher.fetch(
        manifest,
        new ArtifactFetcher.Listener() {
          @Override
          public void fetched() {
            outcomes.add(name + " fetched");
          }

          @Override
          public void failed(String detail) {
            outcomes.add(name + " failed: " + detail);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void anArtifactArrivesWholeOverABadLink(long seed) throws Exception {
    byte[] graph = content(2345, seed);
    byte[] weights = content(1000, seed + 100);
    ArtifactReference first = reference(Role.GRAPH, graph);
    ArtifactReference second = reference(Role.WEIGHTS, weights);
    publish(first, graph);
    publish(second, weights);
    time.runFor(Duration.ofSeconds(10));
    network.setFaults(
        "a1", new NetworkFaults(0.2, Duration.ofMillis(1), Duration.ofSeconds(2), 0.2, true));
    fetch("model", manifest(first, second));
    for (int i = 0; i < 3; i++) {
      time.runFor(Duration.ofSeconds(2));
      network.cut("a1");
    }
    time.runFor(Duration.ofMinutes(10));

    assertThat(outcomes).as("seed %d", seed).containsExactly("model fetched");
    byte[] read = new byte[graph.length];
    cache.read(first).get(read);
    assertThat(read).isEqualTo(graph);
    assertThat(cache.contains(second)).isTrue();
    assertThat(fetcher.wrongDigests()).isZero();
  }

  @Test
  void chunksThatArePublishedLateAreWaitedFor() {
    byte[] content = content(950, 1);
    ArtifactReference reference = reference(Role.GRAPH, content);
    fetch("model", manifest(reference));
    time.runFor(Duration.ofMinutes(5));
    assertThat(outcomes).isEmpty();
    publish(reference, content);
    time.runFor(Duration.ofMinutes(3));
    assertThat(outcomes).containsExactly("model fetched");
  }

  @Test
  void anArtifactThatTwoWaitForIsFetchedOnce() {
    byte[] content = content(950, 1);
    ArtifactReference reference = reference(Role.GRAPH, content);
    publish(reference, content);
    time.runFor(Duration.ofSeconds(1));
    long before = transport.counters().bytesReceived();
    fetch("one", manifest(reference));
    fetch("two", manifest(reference));
    time.runFor(Duration.ofSeconds(20));
    long once = transport.counters().bytesReceived() - before;
    assertThat(outcomes).containsExactlyInAnyOrder("one fetched", "two fetched");
    // Around each of ten small chunks there is more than is in it.
    assertThat(once).isLessThan(2 * (950 + 10 * 100));
    fetch("three", manifest(reference));
    time.runFor(Duration.ofSeconds(20));
    assertThat(outcomes).contains("three fetched");
    assertThat(transport.counters().bytesReceived() - before).isEqualTo(once);
  }

  @Test
  void filesThatComeDropByDropDoNotKeepOthersOut() {
    byte[] first = content(6000, 1);
    byte[] second = content(6000, 2);
    ArtifactReference slow = reference(Role.GRAPH, first);
    ArtifactReference alsoSlow = reference(Role.WEIGHTS, second);
    ArtifactFetcher.Ticket ticket = fetch("slow", manifest(slow, alsoSlow));
    byte[] content = content(950, 3);
    ArtifactReference reference = reference(Role.GRAPH, content);
    publish(reference, content);
    fetch("other", manifest(reference));
    for (int i = 0; i < 30; i++) {
      // Right before the time-outs of the first blocks.
      time.runFor(Duration.ofSeconds(9));
      publishChunk(slow, i, first, CHUNK_BYTES);
      publishChunk(alsoSlow, i, second, CHUNK_BYTES);
    }
    time.runFor(Duration.ofSeconds(1));
    assertThat(outcomes).containsExactly("other fetched");
    assertThat(ticket.progress().here()).isGreaterThan(50);

    publish(slow, first);
    publish(alsoSlow, second);
    time.runFor(Duration.ofMinutes(3));
    assertThat(outcomes).containsExactly("other fetched", "slow fetched");
  }

  @Test
  void aTicketSaysHowManyBlocksAreHereAndWhenTheLastOneCame() {
    byte[] content = content(950, 1);
    byte[] other = content(150, 2);
    ArtifactReference reference = reference(Role.GRAPH, content);
    ArtifactReference second = reference(Role.WEIGHTS, other);
    publish(second, other);
    ArtifactFetcher.Ticket ticket = fetch("model", manifest(reference, second));
    assertThat(ticket.progress()).isEqualTo(new FetchProgress(0, 12, Optional.empty()));
    time.runFor(Duration.ofSeconds(5));
    assertThat(ticket.progress().here()).isEqualTo(2);
    Instant before = time.now();
    publishChunk(reference, 0, content, CHUNK_BYTES);
    time.runFor(Duration.ofMinutes(2));
    FetchProgress progress = ticket.progress();
    assertThat(progress.here()).isEqualTo(3);
    assertThat(progress.all()).isEqualTo(12);
    assertThat(progress.last().orElseThrow()).isBetween(before, before.plusSeconds(80));

    publish(reference, content);
    time.runFor(Duration.ofMinutes(3));
    assertThat(outcomes).containsExactly("model fetched");
    assertThat(ticket.progress().here()).isEqualTo(12);
  }

  @Test
  void aVersionThatNobodyWaitsForAnyMoreIsLeftAlone() {
    byte[] content = content(950, 1);
    ArtifactReference reference = reference(Role.GRAPH, content);
    ArtifactFetcher.Ticket one = fetch("one", manifest(reference));
    ArtifactFetcher.Ticket two = fetch("two", manifest(reference));
    one.cancel();
    time.runFor(Duration.ofSeconds(5));
    publish(reference, content);
    time.runFor(Duration.ofSeconds(20));
    assertThat(outcomes).containsExactly("two fetched");
    two.cancel();

    byte[] other = content(500, 2);
    ArtifactReference unwanted = reference(Role.GRAPH, other);
    fetch("three", manifest(unwanted)).cancel();
    publish(unwanted, other);
    long before = transport.counters().bytesReceived();
    time.runFor(Duration.ofMinutes(5));
    assertThat(outcomes).containsExactly("two fetched");
    assertThat(transport.counters().bytesReceived()).isEqualTo(before);
  }

  @Test
  void bytesOfAnotherDigestAreRefusedAfterAFewTries() {
    byte[] announced = content(250, 1);
    ArtifactReference reference = reference(Role.GRAPH, announced);
    publish(reference, content(250, 2));
    fetch("model", manifest(reference));
    time.runFor(Duration.ofMinutes(5));
    assertThat(outcomes).hasSize(1);
    assertThat(outcomes.get(0))
        .startsWith("model failed: artifact " + reference.digest())
        .contains("do not have the digest");
    assertThat(fetcher.wrongDigests()).isEqualTo(3);
    assertThat(cache.contains(reference)).isFalse();
  }

  @Test
  void aWrongCopyThatIsCorrectedInTimeIsTaken() {
    byte[] content = content(250, 1);
    ArtifactReference reference = reference(Role.GRAPH, content);
    publish(reference, content(250, 2));
    fetch("model", manifest(reference));
    time.runUntil(() -> fetcher.wrongDigests() == 1, Duration.ofMinutes(1));
    publish(reference, content);
    time.runFor(Duration.ofMinutes(5));
    assertThat(outcomes).containsExactly("model fetched");
  }

  @Test
  void chunksThatDoNotFitAreNotTaken() {
    byte[] content = content(250, 1);
    ArtifactReference reference = reference(Role.GRAPH, content);
    // Beyond the end, on another's topic, no chunk at all, and too short.
    publishChunk(reference, 0, content, 100);
    say(
        TOPICS.artifactChunk(MODEL, reference.digest(), 7),
        MessageCodec.encode(
            new Envelope(
                "c", 0, new ArtifactChunk(reference.digest(), 7, ByteString.copyFrom(content)))));
    say(
        TOPICS.artifactChunk(MODEL, reference.digest(), 1),
        MessageCodec.encode(
            new Envelope(
                "c",
                0,
                new ArtifactChunk(reference.digest(), 2, ByteString.copyFrom(new byte[50])))));
    say(
        TOPICS.artifactChunk(MODEL, reference.digest(), 2),
        MessageCodec.encode(
            new Envelope("c", 0, new RoundClosed(new io.covey.protocols.id.RoundId("r"), true))));
    time.runFor(Duration.ofSeconds(1));
    fetch("model", manifest(reference));
    time.runFor(Duration.ofSeconds(5));
    assertThat(refused.total()).isGreaterThanOrEqualTo(2);
    publishChunk(reference, 1, content, 99);
    time.runFor(Duration.ofMillis(1));
    publish(reference, content);
    time.runFor(Duration.ofMinutes(1));
    assertThat(outcomes).containsExactly("model fetched");
    assertThat(fetcher.wrongDigests()).isZero();
  }

  @Test
  void anArtifactBeyondTheLimitIsRefusedUnfetched() {
    ArtifactReference large =
        new ArtifactReference(Role.GRAPH, Sha256.of(new byte[0]), 10_001, CHUNK_BYTES);
    fetch("model", manifest(large));
    time.runFor(Duration.ofSeconds(1));
    assertThat(outcomes)
        .containsExactly(
            "model failed: artifact of 10001 bytes exceeds this agent's maximum of 10000");
  }

  @Test
  void aFullCacheRefusesWithWords() {
    InMemoryArtifactCache tiny = new InMemoryArtifactCache(100);
    ArtifactFetcher small =
        new ArtifactFetcher(transport, TOPICS, time, new SplittableRandom(3), tiny, SETTINGS);
    List<String> heard = new ArrayList<>();
    small.fetch(
        manifest(reference(Role.GRAPH, content(250, 1))),
        new ArtifactFetcher.Listener() {
          @Override
          public void fetched() {
            heard.add("fetched");
          }

          @Override
          public void failed(String detail) {
            heard.add(detail);
          }
        });
    time.runFor(Duration.ofMinutes(5));
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0)).contains("storage failed: artifact of 250 bytes does not fit");
  }

  @Test
  void whatIsServedGoesBeforeWhatIsTrained() {
    FetchSettings slow = SETTINGS.withFlow(1, 200);
    List<String> order = new ArrayList<>();
    MqttTransport second = network.connect(InMemoryNetwork.settings("a2"));
    ArtifactFetcher patient =
        new ArtifactFetcher(second, TOPICS, time, new SplittableRandom(3), cache, slow);
    connect("a2", second, patient);
    for (FetchPriority priority : List.of(FetchPriority.TRAINING, FetchPriority.SERVING)) {
      byte[] content = content(950, priority == FetchPriority.SERVING ? 2 : 1);
      publish(reference(Role.GRAPH, content), content);
      time.runFor(Duration.ofSeconds(1));
      patient.fetch(
          MODEL,
          List.of(reference(Role.GRAPH, content)),
          priority,
          new ArtifactFetcher.Listener() {
            @Override
            public void fetched() {
              order.add(priority.name());
            }

            @Override
            public void failed(String detail) {
              order.add(detail);
            }
          });
    }
    time.runFor(Duration.ofMinutes(5));
    assertThat(order).containsExactly("SERVING", "TRAINING");
  }

  @Test
  void artifactsThatNeverComeDoNotKeepOthersWaiting() {
    for (int i = 0; i < 5; i++) {
      fetch("never " + i, manifest(reference(Role.GRAPH, content(250, 100 + i))));
    }
    byte[] content = content(250, 1);
    ArtifactReference reference = reference(Role.GRAPH, content);
    publish(reference, content);
    fetch("model", manifest(reference));
    time.runFor(Duration.ofMinutes(10));
    assertThat(outcomes).containsExactly("model fetched");
  }

  /** Listens to nothing. */
  private static final class Deaf implements MqttTransport.Listener {
    @Override
    public void onConnected(boolean sessionPresent) {
      // Nothing to do: it only publishes.
    }

    @Override
    public void onDisconnected(String reason) {
      // The transport connects again.
    }

    @Override
    public void onMessage(InboundMessage message) {
      message.acknowledge().run();
    }
  }

  /** An agent that only fetches. */
  private static final class Silent implements AgentConnection.Listener {
    @Override
    public void released(TrustPlace place, TrustDocument document) {
      throw new AssertionError("nothing is released here");
    }

    @Override
    public void connected(boolean sessionPresent) {
      // Nothing to report.
    }

    @Override
    public void greeted() {
      throw new AssertionError("nobody greeted");
    }

    @Override
    public void disconnected(String reason) {
      // The transport connects again.
    }

    @Override
    public void desired(DesiredState state) {
      throw new AssertionError("nobody said what is desired");
    }

    @Override
    public void granted(GroupKeyGranted key) {
      throw new AssertionError("nobody gave a key");
    }

    @Override
    public void saidInRound(RoundMessage message) {
      throw new AssertionError("nobody said anything in a round");
    }
  }
}
