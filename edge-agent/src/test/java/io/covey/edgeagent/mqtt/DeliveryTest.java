package io.covey.edgeagent.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.DirectoryArtifactCache;
import io.covey.edgeagent.artifacts.InMemoryArtifactCache;
import io.covey.edgeagent.artifacts.StorageProbe;
import io.covey.edgeagent.artifacts.StorageProbe.Step;
import io.covey.edgeagent.mqtt.DeliveryWorld.Device;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Deliveries over links that lose, cut and forget, to disks that are full or damaged. */
class DeliveryTest {
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

  /**
   * What an envelope, a topic and a signature add to a block of a thousand bytes, and some more.
   */
  private static final double MESSAGE_OVERHEAD = 0.6;

  private static final long QUOTA = 1 << 20;

  @TempDir private Path directory;

  private static InMemoryArtifactCache memory() {
    return new InMemoryArtifactCache(QUOTA);
  }

  private static Device device(DeliveryWorld world, String name, ArtifactCache cache) {
    return world.new Device(name, cache, SETTINGS, BlockCheck.NONE);
  }

  private static void assertHolds(DeliveryWorld world, ArtifactCache cache) throws IOException {
    assertThat(cache.contains(world.artifact)).isTrue();
    assertThat(cache.read(world.artifact)).isEqualTo(ByteBuffer.wrap(world.content));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void withLossAndCutsNoBlockComesTwiceWithoutNeed(long seed) throws Exception {
    DeliveryWorld world = new DeliveryWorld(seed);
    world.publishRetained();
    world.answering = true;
    world.network.setFaults(
        "a1", new NetworkFaults(0.05, Duration.ofMillis(50), Duration.ofMillis(400), 0, false));
    InMemoryArtifactCache cache = memory();
    Device device = device(world, "a1", cache);
    device.fetch();
    for (int i = 0; i < 3; i++) {
      world.time.runFor(Duration.ofSeconds(4));
      world.network.cut("a1");
    }
    world.time.runFor(Duration.ofMinutes(15));
    assertThat(device.outcomes).as("seed %d", seed).containsExactly("fetched");
    assertHolds(world, cache);
    double blocks = device.fetcher.repeatedBytes() / (double) world.content.length;
    assertThat(blocks).as("repeated, seed %d", seed).isLessThanOrEqualTo(0.15);
  }

  @Test
  void aBlockThatIsMissedBringsNoMoreThanTheWindowOnItsWay() throws Exception {
    DeliveryWorld world = new DeliveryWorld(1);
    for (int i = 1; i < DeliveryWorld.CHUNKS; i++) {
      world.publish(i, true);
    }
    world.time.runFor(Duration.ofSeconds(5));
    Duration oneWay = Duration.ofMillis(500);
    world.network.setFaults("a1", NetworkFaults.NONE.withDelay(oneWay, oneWay));
    Device device = device(world, "a1", memory());
    device.fetch();
    long mostInRoundTrip = 0;
    for (long before = 0; world.requested.isEmpty() || before < device.bytesReceived(); ) {
      before = device.bytesReceived();
      world.time.runFor(oneWay.multipliedBy(2));
      mostInRoundTrip = Math.max(mostInRoundTrip, device.bytesReceived() - before);
    }
    assertThat(world.requested).contains(0);
    assertThat(mostInRoundTrip)
        .isLessThan(
            (long) ((SETTINGS.window() + 1) * DeliveryWorld.CHUNK_BYTES * (1 + MESSAGE_OVERHEAD)));
  }

  @Test
  void withoutFaultsEachBlockComesOnceAndNothingIsRequested() throws Exception {
    DeliveryWorld world = new DeliveryWorld(1);
    world.publishRetained();
    InMemoryArtifactCache cache = memory();
    Device device = device(world, "a1", cache);
    device.fetch();
    world.time.runFor(Duration.ofSeconds(5));
    assertThat(device.outcomes).containsExactly("fetched");
    assertThat(device.fetcher.repeatedBytes()).isZero();
    assertThat(device.bytesReceived())
        .isLessThan((long) (world.content.length * (1 + MESSAGE_OVERHEAD)));
    assertThat(world.requested).isEmpty();
  }

  @Test
  void aRestartGoesOnFromTheDisk() throws Exception {
    DeliveryWorld world = new DeliveryWorld(2);
    world.publishRetained();
    world.network.setFaults(
        "a1", NetworkFaults.NONE.withDelay(Duration.ofMillis(300), Duration.ofMillis(300)));
    long received = 0;
    for (int run = 0; run < 3; run++) {
      try (ArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA)) {
        Device device = device(world, "a1", cache);
        device.fetch();
        world.time.runFor(Duration.ofSeconds(4));
        received += device.bytesReceived();
        assertThat(device.outcomes).as("run %d", run).isEmpty();
        world.network.kill("a1");
      }
    }
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA)) {
      Device device = device(world, "a1", cache);
      device.fetch();
      world.time.runFor(Duration.ofMinutes(1));
      assertThat(device.outcomes).containsExactly("fetched");
      assertHolds(world, cache);
      received += device.bytesReceived();
    }
    // A window of blocks is lost at each end.
    long blocks = DeliveryWorld.CHUNKS + 3L * SETTINGS.window();
    assertThat(received)
        .isLessThan((long) (blocks * DeliveryWorld.CHUNK_BYTES * (1 + MESSAGE_OVERHEAD)));
  }

  @Test
  void theCoordinatorIsAskedWhenTheBrokerHasLostWhatItRetained() throws Exception {
    DeliveryWorld world = new DeliveryWorld(3);
    world.publishRetained();
    world.network.setFaults(
        "a1", NetworkFaults.NONE.withDelay(Duration.ofMillis(200), Duration.ofMillis(200)));
    InMemoryArtifactCache cache = memory();
    Device device = device(world, "a1", cache);
    device.fetch();
    world.time.runFor(Duration.ofSeconds(4));
    assertThat(device.outcomes).isEmpty();
    world.network.stopBrokerLosingState(Duration.ofSeconds(5));
    world.answering = true;
    world.time.runFor(Duration.ofMinutes(30));
    assertThat(device.outcomes).containsExactly("fetched");
    assertHolds(world, cache);
    assertThat(world.answers).isNotEmpty().hasSizeLessThan(DeliveryWorld.CHUNKS);
  }

  @Test
  void oneStreamOnRequestServesAllWhoWait() throws Exception {
    DeliveryWorld world = new DeliveryWorld(4);
    world.answering = true;
    InMemoryArtifactCache first = memory();
    InMemoryArtifactCache second = memory();
    Device one = device(world, "a1", first);
    Device two = device(world, "a2", second);
    one.fetch();
    two.fetch();
    world.time.runFor(Duration.ofMinutes(10));
    assertThat(one.outcomes).containsExactly("fetched");
    assertThat(two.outcomes).containsExactly("fetched");
    assertHolds(world, first);
    assertHolds(world, second);
    assertThat(world.requested).isNotEmpty();
    long received = one.bytesReceived() + two.bytesReceived();
    long sent = (long) world.answers.size() * DeliveryWorld.CHUNK_BYTES;
    assertThat(sent).as("sent once for both").isLessThan(world.content.length * 115L / 100);
    assertThat(received).isGreaterThan(2L * world.content.length);
  }

  @Test
  void whoHasLearnedThatNothingIsRetainedAsksAtOnce() {
    DeliveryWorld world = new DeliveryWorld(5);
    world.answering = true;
    Device device = device(world, "a1", memory());
    device.fetch();
    world.time.runUntil(() -> !device.outcomes.isEmpty(), Duration.ofMinutes(2));
    assertThat(device.outcomes).containsExactly("fetched");
    // The first block was waited for, the others were not.
    assertThat(new HashSet<>(world.requested)).hasSize(DeliveryWorld.CHUNKS);
    assertThat(world.answers.size()).isLessThan(DeliveryWorld.CHUNKS + 5);
    assertThat(world.time.now()).isBefore(Instant.EPOCH.plusSeconds(30));
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"OPEN_STAGING", "WRITE_BLOCK", "FORCE_BLOCKS", "NOTE_BLOCKS", "VERIFY", "MOVE"})
  void aDiskWithoutRoomIsWaitedForAndNothingIsFetchedTwice(Step failing) throws Exception {
    DeliveryWorld world = new DeliveryWorld(6);
    world.publishRetained();
    boolean[] full = {true};
    StorageProbe probe =
        step -> {
          if (full[0] && step == failing) {
            throw new IOException("No space left on device");
          }
        };
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA, probe)) {
      Device device = device(world, "a1", cache);
      device.fetch();
      world.time.runFor(Duration.ofHours(1));
      assertThat(device.outcomes).as("it neither succeeds nor gives up").isEmpty();
      assertThat(device.stalls).isNotEmpty();
      assertThat(device.stalls.get(0)).isEqualTo("storage failed: No space left on device");
      assertThat(cache.contains(world.artifact)).isFalse();
      full[0] = false;
      world.time.runFor(Duration.ofMinutes(5));
      assertThat(device.outcomes).containsExactly("fetched");
      assertHolds(world, cache);
      assertThat(device.fetcher.repeatedBytes()).isZero();
      assertThat(device.bytesReceived())
          .isLessThan((long) (world.content.length * (1 + MESSAGE_OVERHEAD)));
    }
  }

  @Test
  void aFileThatSomebodyElsePutsTogetherMeanwhileIsHere() throws Exception {
    DeliveryWorld world = new DeliveryWorld(12);
    world.publish(0, true);
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA)) {
      Device device = device(world, "a1", cache);
      device.fetch();
      world.time.runFor(Duration.ofSeconds(1));
      ArtifactCache.Staging other = cache.stage(world.artifact);
      for (int i = 0; i < DeliveryWorld.CHUNKS; i++) {
        other.write(
            i,
            ByteString.copyFrom(
                world.content, i * DeliveryWorld.CHUNK_BYTES, world.artifact.chunkLengthBytes(i)));
      }
      assertThat(other.commit().whole()).isTrue();
      world.publish(1, true);
      world.time.runFor(Duration.ofMinutes(2));
      assertThat(device.outcomes).containsExactly("fetched");
      assertHolds(world, cache);
    }
  }

  @Test
  void aFileThatSomebodyElseBeganMeanwhileIsGoneOnWith() throws Exception {
    DeliveryWorld world = new DeliveryWorld(13);
    world.publish(0, true);
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA)) {
      Device device = device(world, "a1", cache);
      device.fetch();
      world.time.runFor(Duration.ofSeconds(1));
      cache.stage(world.artifact);
      world.publishRetained();
      world.time.runFor(Duration.ofMinutes(2));
      assertThat(device.outcomes).containsExactly("fetched");
      assertHolds(world, cache);
    }
  }

  @Test
  void aBlockThatTheDiskDamagesIsFetchedAgainAndNoOther() throws Exception {
    DeliveryWorld world = new DeliveryWorld(7);
    world.publishRetained();
    Path part = directory.resolve("staging").resolve(world.artifact.digest().hex() + ".part");
    boolean[] damaged = {false};
    StorageProbe probe =
        step -> {
          if (step == Step.VERIFY && !damaged[0]) {
            damaged[0] = true;
            byte[] bytes = Files.readAllBytes(part);
            bytes[17 * DeliveryWorld.CHUNK_BYTES + 5] ^= 1;
            Files.write(part, bytes);
          }
        };
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA, probe)) {
      Device device = device(world, "a1", cache);
      device.fetch();
      world.time.runFor(Duration.ofMinutes(1));
      assertThat(damaged[0]).isTrue();
      assertThat(device.outcomes).containsExactly("fetched");
      assertHolds(world, cache);
      assertThat(device.bytesReceived())
          .isLessThan((long) ((DeliveryWorld.CHUNKS + 1) * DeliveryWorld.CHUNK_BYTES * 1.5));
    }
  }

  @Test
  void aBlockThatTheCheckRefusesIsFetchedAgainUntilItIsGivenUp() {
    DeliveryWorld world = new DeliveryWorld(8);
    world.publishRetained();
    world.publish(5, ByteString.copyFrom(new byte[DeliveryWorld.CHUNK_BYTES]), true);
    world.time.runFor(Duration.ofSeconds(1));
    Predicate<ByteString> wrong = block -> block.toByteArray()[0] == 0 && block.byteAt(1) == 0;
    Device device =
        world
        .new Device(
            "a1", memory(), SETTINGS, (model, artifact) -> (index, block) -> !wrong.test(block));
    device.fetch();
    world.time.runFor(Duration.ofMillis(1));
    world.publish(5, true);
    world.time.runFor(Duration.ofMinutes(5));
    assertThat(device.outcomes).containsExactly("fetched");
    assertThat(device.fetcher.wrongDigests()).isZero();

    DeliveryWorld other = new DeliveryWorld(9);
    other.publishRetained();
    Device hopeless =
        other
        .new Device("a1", memory(), SETTINGS, (model, artifact) -> (index, block) -> index != 5);
    hopeless.fetch();
    other.time.runFor(Duration.ofMinutes(30));
    assertThat(hopeless.outcomes).hasSize(1);
    assertThat(hopeless.outcomes.get(0)).endsWith("block 5 is not what was announced");
  }

  @Test
  void theRateIsKept() {
    DeliveryWorld world = new DeliveryWorld(10);
    world.publishRetained();
    int rate = 2000;
    Device device = world.new Device("a1", memory(), SETTINGS.withFlow(4, rate), BlockCheck.NONE);
    device.fetch();
    world.time.runFor(Duration.ofSeconds(20));
    // A full bucket at first, then the rate.
    assertThat(device.outcomes).isEmpty();
    assertThat(device.bytesReceived()).isLessThan((long) (21 * rate * (1 + MESSAGE_OVERHEAD)));
    world.time.runFor(Duration.ofSeconds(20));
    assertThat(device.outcomes).containsExactly("fetched");
  }
}
