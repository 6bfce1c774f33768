package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.DropReason;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class UpdateCollectorTest {
  private static final UpdateLayout LAYOUT =
      UpdateLayout.of(new UpdateEncoding(100, 16, 20, 1f, 1000, 10f), 4);

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);

  @Test
  void aSumOfPiecesGivesTheWeightedMean() {
    UpdateCollector collector = new UpdateCollector(time, LAYOUT, 1 << 20);
    deliver(collector, new AgentId("a"), update(0.01f, 100), 8);
    deliver(collector, new AgentId("b"), update(0.05f, 300), 80);
    AggregateUpdate mean = done(collector.open(2));
    assertThat(mean.weight()).isEqualTo(400);
    assertThat(mean.meanDelta()[99]).isCloseTo(0.04f, within(1e-3f));
    assertThat(mean.accuracy()).isCloseTo(0.5, within(0.01));
  }

  @Test
  void whatIsInFlightIsBoundedAndWhatIsDroppedMakesRoom() {
    ByteString update = update(0.01f, 100);
    UpdateCollector collector = new UpdateCollector(time, LAYOUT, update.size());
    assertThat(collector.keep(new AgentId("a"), 0, 2, update.substring(0, 8))).isTrue();
    assertThat(collector.keep(new AgentId("b"), 0, 1, update)).isFalse();
    assertThat(collector.isComplete(new AgentId("b"))).isFalse();
    collector.discard(new AgentId("a"));
    assertThat(deliver(collector, new AgentId("b"), update, update.size())).isEmpty();
    assertThat(deliver(collector, new AgentId("c"), update, update.size())).isEmpty();
  }

  @Test
  void anUpdateThatThePlanDoesNotAllowIsNotAdded() {
    UpdateCollector collector = new UpdateCollector(time, LAYOUT, 1 << 20);
    byte[] beyond = new byte[(int) LAYOUT.bytes()];
    Arrays.fill(beyond, (byte) -1);
    assertThat(deliver(collector, new AgentId("a"), ByteString.copyFrom(beyond), 64))
        .contains(DropReason.OUT_OF_RANGE);
    deliver(collector, new AgentId("b"), update(0.02f, 10), 64);
    assertThat(done(collector.open(1)).meanDelta()[0]).isCloseTo(0.02f, within(0.01f));
  }

  @Test
  void aSumWithoutAnyUpdateSaysNothing() {
    UpdateCollector collector = new UpdateCollector(time, LAYOUT, 1 << 20);
    assertThatThrownBy(() -> done(collector.open(0))).isInstanceOf(CompletionException.class);
  }

  private Optional<DropReason> deliver(
      UpdateCollector collector, AgentId agent, ByteString update, int pieceBytes) {
    int count = (update.size() - 1) / pieceBytes + 1;
    for (int i = 0; i < count; i++) {
      int end = Math.min(update.size(), (i + 1) * pieceBytes);
      assertThat(collector.keep(agent, i, count, update.substring(i * pieceBytes, end))).isTrue();
    }
    assertThat(collector.isComplete(agent)).isTrue();
    return done(collector.addToSum(agent));
  }

  private <T> T done(CompletionStage<T> stage) {
    time.runFor(Duration.ofSeconds(1));
    return stage.toCompletableFuture().join();
  }

  private static ByteString update(float delta, int examples) {
    float[] vector = new float[100];
    Arrays.fill(vector, delta);
    return new UpdateEncoder(LAYOUT)
        .encode(
            vector,
            new Contribution(examples, examples, examples / 2),
            AesCtrRandomWords.fromSeed(new byte[AesCtrRandomWords.SEED_BYTES]));
  }
}
