package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.privacy.AggregateDecoder;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UnusableAggregateException;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.VirtualTime;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates of 103 entries in chunks of 7 words. */
class MaskedSumTest {
  private static final int CHUNK_WORDS = 7;
  private static final int COHORT = 8;
  private static final UpdateLayout LAYOUT =
      UpdateLayout.of(new UpdateEncoding(100, 16, 20, 1f, 1000, 10f), COHORT);
  private static final int CHUNKS = (LAYOUT.words() - 1) / CHUNK_WORDS + 1;

  private final VirtualTime time = new VirtualTime(Instant.EPOCH);

  /** Work takes its time, so that arrivals and arithmetic overlap. */
  private final Scheduler slow = time.device(load -> Duration.ofMillis(load.units()));

  private final MaskedSum sum = new MaskedSum(slow, LAYOUT, CHUNK_WORDS);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whoeverIsTakenBackAtWhateverMomentTheOthersSumIsExact(long seed) {
    Random random = new Random(seed);
    List<AgentId> settled = new ArrayList<>();
    Map<AgentId, Integer> under = new TreeMap<>();
    for (int i = 0; i < COHORT; i++) {
      under.put(agent(i), 0);
    }
    while (!under.isEmpty()) {
      AgentId agent = pick(under, random);
      int held = under.getOrDefault(agent, 0);
      if (held == CHUNKS && settled.size() < 5) {
        sum.settle(agent);
        settled.add(agent);
        under.remove(agent);
      } else if (held == CHUNKS || (under.size() > 4 && random.nextInt(40) == 0)) {
        sum.takeBack(agent);
        under.remove(agent);
      } else {
        int index = orderOf(agent, seed).get(held);
        sum.add(agent, index, chunk(update(agent), index));
        under.merge(agent, 1, Integer::sum);
      }
      time.runFor(Duration.ofMillis(random.nextInt(20)));
    }
    assertThat(settled).as("seed %d", seed).isNotEmpty();
    AggregateUpdate opened = done(sum.open(settled.size()));
    AggregateUpdate expected = plainSum(settled);
    assertThat(opened.meanDelta()).as("seed %d", seed).isEqualTo(expected.meanDelta());
    assertThat(opened.weight()).isEqualTo(expected.weight());
  }

  @Test
  void masksComeOffAndTheirSeedsAreWiped() {
    byte[] seed = new byte[Prg.SEED_BYTES];
    seed[0] = 5;
    MaskTerm mask = new MaskTerm(MaskTerm.Sign.ADD, SecretBytes.copyOf(seed));
    ModularVector masked = LAYOUT.newSum();
    masked.add(update(agent(3)).asReadOnlyByteBuffer(), 0);
    new MaskExpander(Prg.aesCtr()).apply(mask, masked);
    ByteString words = bytes(masked);
    for (int i = 0; i < CHUNKS; i++) {
      sum.add(agent(3), i, chunk(words, i));
    }
    sum.settle(agent(3));
    SecretBytes again = SecretBytes.copyOf(seed);
    sum.apply(List.of(new MaskTerm(MaskTerm.Sign.SUBTRACT, again)));

    assertThat(done(sum.open(1)).meanDelta()).isEqualTo(plainSum(List.of(agent(3))).meanDelta());
    assertThatThrownBy(again::reveal).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsSettledStaysAndWhoSentNothingCanBeTakenBack() {
    deliver(agent(1));
    sum.settle(agent(1));
    sum.takeBack(agent(1));
    sum.takeBack(agent(2));
    assertThat(done(sum.open(1)).meanDelta()).isEqualTo(plainSum(List.of(agent(1))).meanDelta());
  }

  @Test
  void onlyTheChunksOfUnfinishedUpdatesAreKept() {
    long update = LAYOUT.bytes();
    for (int i = 0; i < COHORT; i++) {
      deliver(agent(i));
      assertThat(sum.keptBytes()).isEqualTo(update);
      sum.settle(agent(i));
      assertThat(sum.keptBytes()).isZero();
    }
    deliver(agent(9));
    sum.takeBack(agent(9));
    assertThat(sum.keptBytes()).isZero();
  }

  @Test
  void aPieceThatDoesNotFitSpoilsTheSumAndNeverGivesAWrongOne() {
    deliver(agent(1));
    sum.settle(agent(1));
    sum.add(agent(2), CHUNKS, ByteString.copyFrom(new byte[8 * CHUNK_WORDS]));
    SecretBytes seed = SecretBytes.copyOf(new byte[Prg.SEED_BYTES]);
    sum.apply(List.of(new MaskTerm(MaskTerm.Sign.SUBTRACT, seed)));
    CompletionStage<AggregateUpdate> opened = sum.open(1);
    assertThatThrownBy(() -> done(opened)).hasRootCauseInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(seed::reveal).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSumWithoutAnyUpdateSaysNothing() {
    assertThatThrownBy(() -> done(sum.open(0))).isInstanceOf(CompletionException.class);
  }

  private void deliver(AgentId agent) {
    for (int i = 0; i < CHUNKS; i++) {
      sum.add(agent, i, chunk(update(agent), i));
    }
  }

  private static AgentId pick(Map<AgentId, Integer> from, Random random) {
    return new ArrayList<>(from.keySet()).get(random.nextInt(from.size()));
  }

  private static List<Integer> orderOf(AgentId agent, long seed) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < CHUNKS; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(seed ^ agent.hashCode()));
    return order;
  }

  private static AggregateUpdate plainSum(List<AgentId> agents) {
    ModularVector plain = LAYOUT.newSum();
    agents.forEach(agent -> plain.add(update(agent).asReadOnlyByteBuffer(), 0));
    try {
      return new AggregateDecoder(LAYOUT).decode(plain, agents.size());
    } catch (UnusableAggregateException e) {
      throw new AssertionError(e);
    }
  }

  private <T> T done(CompletionStage<T> stage) {
    time.runFor(Duration.ofHours(1));
    return stage.toCompletableFuture().join();
  }

  private static AgentId agent(int i) {
    return new AgentId("a" + i);
  }

  private static ByteString chunk(ByteString update, int index) {
    int from = index * CHUNK_WORDS * Long.BYTES;
    return update.substring(from, Math.min(update.size(), from + CHUNK_WORDS * Long.BYTES));
  }

  private static ByteString bytes(ModularVector vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < vector.length(); i++) {
      bytes.putLong(vector.word(i));
    }
    return ByteString.copyFrom(bytes.array());
  }

  private static ByteString update(AgentId agent) {
    int number = Integer.parseInt(agent.value().substring(1));
    float[] vector = new float[100];
    Arrays.fill(vector, 0.01f * number);
    return new UpdateEncoder(LAYOUT)
        .encode(
            vector,
            new Contribution(100 + number, 50, 10 + number),
            AesCtrRandomWords.fromSeed(new byte[AesCtrRandomWords.SEED_BYTES]));
  }
}
