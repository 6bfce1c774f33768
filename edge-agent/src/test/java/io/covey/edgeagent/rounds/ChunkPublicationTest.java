package io.covey.edgeagent.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.MqttTransport;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.protocols.transport.Publication;
import io.covey.protocols.transport.QualityOfService;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ChunkPublicationTest {
  private static final int CHUNKS = 20;
  private static final RoundId ROUND = new RoundId("r1");

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final InMemoryNetwork network =
      new InMemoryNetwork(
          time, 3, NetworkFaults.NONE.withDelay(Duration.ofMillis(5), Duration.ofMillis(20)));
  private final MqttTransport transport = network.connect(InMemoryNetwork.settings("a1"));

  /** Indices in the order in which the broker had them, and those that it has acknowledged. */
  private final List<Integer> arrived = new ArrayList<>();

  private final Set<Integer> acknowledged = new HashSet<>();
  private final List<String> failures = new ArrayList<>();

  private static List<ByteString> chunks() {
    List<ByteString> chunks = new ArrayList<>();
    for (int i = 0; i < CHUNKS; i++) {
      byte[] words = new byte[Long.BYTES];
      words[0] = (byte) i;
      chunks.add(ByteString.copyFrom(words));
    }
    return chunks;
  }

  private CompletionStage<Void> overTheNetwork(RoundMessage message) {
    UpdateChunk chunk = (UpdateChunk) message;
    return transport
        .publish(new Publication("chunks", chunk.words(), QualityOfService.AT_LEAST_ONCE, false))
        .thenRun(() -> acknowledged.add(chunk.index()));
  }

  private void connect() {
    network.observe(seen -> arrived.add((int) seen.publication().payload().byteAt(0)));
    transport.open(
        new MqttTransport.Listener() {
          @Override
          public void onConnected(boolean sessionPresent) {
            // The transport sends what waits.
          }

          @Override
          public void onDisconnected(String reason) {
            // The transport connects again.
          }

          @Override
          public void onMessage(InboundMessage message) {
            throw new AssertionError("nobody says anything to the publisher");
          }
        });
    time.runFor(Duration.ofSeconds(1));
  }

  @Test
  void anUploadGoesOnAfterABrokenConnectionAndSendsNothingAgainThatWasAcknowledged() {
    connect();
    ChunkPublication.start(this::overTheNetwork, ROUND, chunks(), failures::add);
    time.runUntil(() -> acknowledged.size() >= CHUNKS / 2, Duration.ofMinutes(1));
    assertThat(acknowledged).hasSizeBetween(CHUNKS / 2, CHUNKS - 5);

    network.isolate("a1", Duration.ofSeconds(10));
    Set<Integer> before = Set.copyOf(acknowledged);
    arrived.clear();
    time.runFor(Duration.ofMinutes(2));
    assertThat(failures).isEmpty();
    assertThat(acknowledged).hasSize(CHUNKS);
    assertThat(arrived).isNotEmpty().doesNotContainAnyElementsOf(before);
  }

  @Test
  void fourChunksAreOnTheirWayAtATime() {
    List<CompletableFuture<Void>> open = new ArrayList<>();
    List<RoundMessage> sent = new ArrayList<>();
    ChunkPublication.start(
        chunk -> {
          sent.add(chunk);
          open.add(new CompletableFuture<>());
          return open.get(open.size() - 1);
        },
        ROUND,
        chunks(),
        failures::add);
    assertThat(sent).hasSize(4);
    open.get(2).complete(null);
    assertThat(sent).hasSize(5);
    for (int i = 0; i < open.size(); i++) {
      open.get(i).complete(null);
      assertThat(sent.size() - open.stream().filter(CompletableFuture::isDone).count())
          .isLessThanOrEqualTo(4);
    }
    assertThat(sent).extracting(m -> ((UpdateChunk) m).index()).hasSize(CHUNKS).isSorted();
    assertThat(failures).isEmpty();
  }

  @Test
  void aFailureIsToldOnceAndACancelledUploadSendsNothingMore() {
    List<CompletableFuture<Void>> open = new ArrayList<>();
    SessionLink link =
        chunk -> {
          open.add(new CompletableFuture<>());
          return open.get(open.size() - 1);
        };
    ChunkPublication.start(link, ROUND, chunks(), failures::add);
    open.get(0).completeExceptionally(new IllegalStateException("gone"));
    open.get(1).completeExceptionally(new IllegalStateException("gone"));
    assertThat(failures).containsExactly("the update did not reach the broker: gone");
    assertThat(open).hasSize(4);

    open.clear();
    ChunkPublication cancelled = ChunkPublication.start(link, ROUND, chunks(), failures::add);
    cancelled.cancel();
    open.get(0).complete(null);
    open.get(1).completeExceptionally(new IllegalStateException("gone"));
    assertThat(open).hasSize(4);
    assertThat(failures).hasSize(1);
  }
}
