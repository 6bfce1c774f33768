package io.covey.edgeagent.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.InMemoryArtifactCache;
import io.covey.edgeagent.mqtt.DeliveryWorld.Device;
import io.covey.edgeagent.mqtt.RangeSource.Wanted;
import io.covey.edgeagent.mqtt.ScriptedRanges.Script;
import io.covey.protocols.message.ArtifactUrl;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that come in ranges, over MQTT, or first the one way and then the other. */
class RangeDeliveryTest {
  private static final FetchSettings SETTINGS =
      new FetchSettings(
          1 << 20,
          2,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          3,
          4,
          0);
  private static final ArtifactUrl NEAR = new ArtifactUrl("https://near.example:8464");
  private static final ArtifactUrl FAR = new ArtifactUrl("https://far.example:8464");
  private static final int LAST = DeliveryWorld.CHUNKS - 1;

  private final DeliveryWorld world = new DeliveryWorld(1);
  private final ScriptedRanges ranges = new ScriptedRanges(world.time, world.content);
  private final InMemoryArtifactCache cache = new InMemoryArtifactCache(1 << 20);

  private Device device(FetchSettings settings, BlockCheck check) {
    Device device = world.new Device("a1", cache, settings, check);
    device.fetcher.setRangeSource(ranges);
    device.fetcher.setUrls(List.of(NEAR));
    return device;
  }

  private Device device() {
    return device(SETTINGS, BlockCheck.NONE);
  }

  /** Every block that is not as it should be is told at once. */
  private BlockCheck exact() {
    return (model, artifact) ->
        (index, block) ->
            block
                .asReadOnlyByteBuffer()
                .equals(
                    ByteBuffer.wrap(
                        world.content, index * DeliveryWorld.CHUNK_BYTES, block.size()));
  }

  /** The first block says which file the others are of, and anybody can make a file. */
  private BlockCheck ofTheSameFile() {
    return (model, artifact) -> new SameFile(exact().of(model, artifact));
  }

  private static final class SameFile implements BlockCheck.Blocks {
    private final BlockCheck.Blocks right;
    private Optional<Boolean> isRight = Optional.empty();

    SameFile(BlockCheck.Blocks right) {
      this.right = right;
    }

    @Override
    public boolean mayBeRight(int index, ByteString content) {
      boolean ofRightFile = right.mayBeRight(index, content);
      if (index == 0) {
        isRight = Optional.of(ofRightFile);
      }
      return isRight.isEmpty() || isRight.get() == ofRightFile;
    }

    @Override
    public boolean wantsFirst() {
      return isRight.isEmpty();
    }
  }

  private void assertFetched(Device device) throws Exception {
    assertThat(device.outcomes).containsExactly("fetched");
    ArtifactCache filled = cache;
    assertThat(filled.contains(world.artifact)).isTrue();
    assertThat(filled.read(world.artifact)).isEqualTo(ByteBuffer.wrap(world.content));
  }

  @Test
  void theWholeFileComesInOneAnswerAndNoBlockOverMqtt() throws Exception {
    world.publishRetained();
    Device device = device();
    device.fetch();
    world.time.runFor(Duration.ofSeconds(5));
    assertFetched(device);
    assertThat(ranges.asked).containsExactly(new Wanted(NEAR, world.artifact, 0, LAST));
    assertThat(device.fetcher.repeatedBytes()).isZero();
    assertThat(device.bytesReceived()).isLessThan(DeliveryWorld.CHUNK_BYTES);
  }

  @Test
  void whatIsInMemoryIsBoundedByTheWindow() throws Exception {
    Device device = device();
    device.fetch();
    world.time.runFor(Duration.ofSeconds(5));
    assertFetched(device);
    assertThat(ranges.mostWanted).isEqualTo(SETTINGS.window());
  }

  @ParameterizedTest
  @EnumSource(
      value = Script.class,
      names = {"REFUSE", "SILENCE", "CUT", "STALL", "TOO_LONG"})
  void whenItDoesNotComeMqttGoesOnWithWhatIsMissing(Script script) throws Exception {
    world.publishRetained();
    for (int i = 0; i < 50; i++) {
      ranges.scripts.add(script == Script.CUT && i > 0 ? Script.REFUSE : script);
    }
    Device device = device();
    device.fetch();
    world.time.runFor(Duration.ofMinutes(2));
    assertFetched(device);
    assertThat(device.fetcher.repeatedBytes()).as("nothing comes twice").isZero();
    if (script == Script.CUT) {
      assertThat(device.bytesReceived())
          .as("what has come in ranges is not fetched over MQTT")
          .isLessThan(DeliveryWorld.CHUNK_BYTES * (LAST - ScriptedRanges.CUT_AFTER) * 2L);
    }
  }

  @Test
  void aCutIsGoneOnFromInRangesWhenTheyAreBack() throws Exception {
    ranges.scripts.add(Script.CUT);
    Device device = device();
    device.fetch();
    world.time.runFor(Duration.ofMinutes(2));
    assertFetched(device);
    assertThat(ranges.asked.get(1).firstBlock()).isGreaterThanOrEqualTo(ScriptedRanges.CUT_AFTER);
    assertThat(device.fetcher.repeatedBytes()).isZero();
  }

  @Test
  void rangesAreTriedAgainLessAndLessOften() {
    for (int i = 0; i < 1000; i++) {
      ranges.scripts.add(Script.REFUSE);
    }
    Device device = device();
    device.fetch();
    world.time.runFor(Duration.ofMinutes(10));
    assertThat(device.outcomes).isEmpty();
    assertThat(ranges.asked.size()).isBetween(10, 60);
  }

  @Test
  void theNextAddressIsTriedWhenOneFails() throws Exception {
    ranges.scripts.add(Script.REFUSE);
    Device device = device();
    device.fetcher.setUrls(List.of(NEAR, FAR));
    device.fetch();
    world.time.runFor(Duration.ofMinutes(1));
    assertFetched(device);
    assertThat(ranges.asked).extracting(Wanted::at).startsWith(NEAR, FAR);
  }

  @Test
  void wrongBlocksThatAreToldAtOnceEndRangesForThatFile() throws Exception {
    world.publishRetained();
    ranges.scripts.add(Script.LIE);
    Device device = device(SETTINGS, exact());
    device.fetch();
    world.time.runFor(Duration.ofMinutes(2));
    assertFetched(device);
    assertThat(ranges.asked).hasSize(1);
    assertThat(device.fetcher.wrongDigests()).isZero();
  }

  @Test
  void aWrongWholeEndsRangesForThatFile() throws Exception {
    world.publishRetained();
    ranges.scripts.add(Script.LIE);
    Device device = device();
    device.fetch();
    world.time.runFor(Duration.ofMinutes(2));
    assertFetched(device);
    assertThat(ranges.asked).hasSize(1);
    assertThat(device.fetcher.wrongDigests()).isOne();
  }

  @Test
  void aFirstBlockThatSignedOnesDoNotBelongToIsDroppedWithAllThatWasCheckedWithIt()
      throws Exception {
    world.publishRetained();
    ranges.scripts.add(Script.LIE_ONCE);
    Device device = device(SETTINGS, ofTheSameFile());
    device.fetch();
    world.time.runFor(Duration.ofMinutes(2));
    assertFetched(device);
    assertThat(ranges.asked).as("nothing more by ranges").hasSize(1);
    assertThat(device.fetcher.wrongDigests()).isZero();
  }

  @Test
  void aFirstBlockThatWasForgedBeforeTheRestartIsDroppedToo() throws Exception {
    ranges.scripts.add(Script.LIE_ONCE);
    Device before = device(SETTINGS, ofTheSameFile());
    before.fetch();
    world.time.runFor(Duration.ofSeconds(5));
    before.fetcher.close();
    before.transport.close();
    assertThat(ranges.asked).hasSize(1);

    world.publishRetained();
    Device device = device(SETTINGS, ofTheSameFile());
    device.fetcher.setUrls(List.of());
    device.fetch();
    world.time.runFor(Duration.ofMinutes(2));
    assertFetched(device);
    assertThat(device.fetcher.wrongDigests()).isZero();
  }

  @Test
  void rangesGoOnWithoutTheBroker() throws Exception {
    Device device = device();
    device.fetch();
    world.time.runFor(Duration.ofMillis(100));
    world.network.cut("a1");
    device.transport.close();
    world.time.runFor(Duration.ofSeconds(5));
    assertFetched(device);
  }

  @Test
  void theRateHoldsForRangesToo() throws Exception {
    Instant start = world.time.now();
    Device device = device(SETTINGS.withFlow(4, 10_000), BlockCheck.NONE);
    device.fetch();
    world.time.runFor(Duration.ofSeconds(4));
    assertThat(device.outcomes).as("60 kB at 10 kB a second, after a second's worth").isEmpty();
    world.time.runFor(Duration.ofSeconds(4));
    assertFetched(device);
    assertThat(Duration.between(start, world.time.now())).isGreaterThan(Duration.ofSeconds(4));
  }

  @Test
  void belowARateAtWhichAnAnswerWouldStandStillEverythingComesOverMqtt() throws Exception {
    world.publishRetained();
    Device device = device(SETTINGS.withFlow(4, 190), BlockCheck.NONE);
    device.fetch();
    world.time.runFor(Duration.ofMinutes(10));
    assertFetched(device);
    assertThat(ranges.asked).as("a block would take more than five seconds").isEmpty();
  }

  @Test
  void withoutAUrlOrWithoutASourceNothingIsAskedFor() throws Exception {
    world.publishRetained();
    Device device = device();
    device.fetcher.setUrls(List.of());
    device.fetch();
    world.time.runFor(Duration.ofSeconds(10));
    assertFetched(device);
    assertThat(ranges.asked).isEmpty();
  }

  @Test
  void aUrlThatIsToldLaterIsUsedForWhatIsStillMissing() throws Exception {
    world.publish(0, true);
    world.publish(1, true);
    Device device = device();
    device.fetcher.setUrls(List.of());
    device.fetch();
    world.time.runFor(Duration.ofSeconds(30));
    assertThat(device.outcomes).isEmpty();
    device.fetcher.setUrls(List.of(NEAR));
    world.time.runFor(Duration.ofMinutes(1));
    assertFetched(device);
    assertThat(ranges.asked.get(0).firstBlock()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void whoNoLongerWaitsCancelsTheAnswer() {
    Device device = device();
    ArtifactFetcher.Ticket ticket =
        device.fetcher.fetch(
            DeliveryWorld.MODEL,
            List.of(world.artifact),
            FetchPriority.SERVING,
            new ArtifactFetcher.Listener() {
              @Override
              public void fetched() {
                device.outcomes.add("fetched");
              }

              @Override
              public void failed(String detail) {
                device.outcomes.add(detail);
              }
            });
    world.time.runFor(Duration.ofMillis(200));
    ticket.cancel();
    assertThat(ranges.cancelled).isOne();
    world.time.runFor(Duration.ofMinutes(1));
    assertThat(device.outcomes).isEmpty();
    assertThat(ranges.asked).hasSize(1);
  }
}
