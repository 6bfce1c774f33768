package io.covey.edgeagent.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache.Outcome;
import io.covey.edgeagent.artifacts.ArtifactCache.Staging;
import io.covey.edgeagent.artifacts.StorageProbe.Step;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an artifact that is not whole yet survives. */
class StagedFileTest {
  private static final int CHUNK_BYTES = 100;
  private static final int CHUNKS = 10;
  private static final long QUOTA = 1L << 20;

  @TempDir private Path directory;

  private final byte[] content = new byte[CHUNK_BYTES * CHUNKS - 30];
  private final ArtifactReference reference;

  StagedFileTest() {
    new Random(4).nextBytes(content);
    reference =
        new ArtifactReference(Role.SERVING, Sha256.of(content), content.length, CHUNK_BYTES);
  }

  private ByteString block(int index) {
    return ByteString.copyFrom(content, index * CHUNK_BYTES, reference.chunkLengthBytes(index));
  }

  private void write(Staging staging, int... indices) throws IOException {
    for (int index : indices) {
      staging.write(index, block(index));
    }
  }

  private void writeMissing(Staging staging) throws IOException {
    BitSet present = staging.present();
    for (int i = present.nextClearBit(0); i < CHUNKS; i = present.nextClearBit(i + 1)) {
      write(staging, i);
    }
  }

  private DirectoryArtifactCache open() throws IOException {
    return DirectoryArtifactCache.open(directory, QUOTA);
  }

  private Path part() {
    return directory.resolve("staging").resolve(reference.digest().hex() + ".part");
  }

  private Path notes() {
    return directory.resolve("staging").resolve(reference.digest().hex() + ".blocks");
  }

  private static BitSet bits(int... indices) {
    BitSet bits = new BitSet();
    Arrays.stream(indices).forEach(bits::set);
    return bits;
  }

  /** Leaves blocks 0, 3 and 9 behind. */
  private void leaveSome() throws IOException {
    try (ArtifactCache cache = open()) {
      Staging staging = cache.stage(reference);
      assertThat(staging.present().isEmpty()).isTrue();
      write(staging, 9, 0, 3);
    }
  }

  @Test
  void blocksOfAnEarlierRunAreThere() throws Exception {
    leaveSome();
    try (ArtifactCache cache = open()) {
      Staging staging = cache.stage(reference);
      assertThat(staging.present()).isEqualTo(bits(0, 3, 9));
      writeMissing(staging);
      assertThat(staging.commit()).isEqualTo(Outcome.WHOLE);
      assertThat(cache.read(reference)).isEqualTo(ByteBuffer.wrap(content));
      assertThat(Files.exists(part())).isFalse();
      assertThat(Files.exists(notes())).isFalse();
    }
  }

  @Test
  void aBlockCountsOnlyOnceItWasForced() throws Exception {
    StorageProbe failing =
        step -> {
          if (step == Step.FORCE_BLOCKS) {
            throw new IOException("no force");
          }
        };
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA, failing)) {
      write(cache.stage(reference), 0, 1);
    }
    assertThat(Files.size(part())).isPositive();
    try (ArtifactCache cache = open()) {
      assertThat(cache.stage(reference).present().isEmpty()).isTrue();
    }
  }

  @Test
  void notesThatAreTornOrCutOrOfAnotherFileCountForNothing() throws Exception {
    leaveSome();
    byte[] intact = Files.readAllBytes(notes());
    for (int length = 0; length < intact.length; length++) {
      Files.write(notes(), Arrays.copyOf(intact, length));
      BitSet expected = bits(0, 3, 9);
      expected.clear(length / BlockNotes.SLOT_BYTES, CHUNKS);
      assertThat(present()).as("cut to %d bytes", length).isEqualTo(expected);
    }
    for (int i = 0; i < BlockNotes.SLOT_BYTES; i++) {
      byte[] torn = intact.clone();
      torn[3 * BlockNotes.SLOT_BYTES + i] ^= 4;
      Files.write(notes(), torn);
      assertThat(present()).as("byte %d of slot 3", i).isEqualTo(bits(0, 9));
    }
    byte[] moved = new byte[intact.length];
    System.arraycopy(intact, 0, moved, BlockNotes.SLOT_BYTES, intact.length / 2);
    Files.write(notes(), moved);
    assertThat(present().isEmpty()).isTrue();
    ArtifactReference other =
        new ArtifactReference(
            Role.SERVING, reference.digest(), reference.lengthBytes(), CHUNK_BYTES + 1);
    Files.write(notes(), intact);
    try (ArtifactCache cache = open()) {
      assertThat(cache.stage(other).present().isEmpty()).isTrue();
    }
  }

  private BitSet present() throws IOException {
    try (ArtifactCache cache = open()) {
      return cache.stage(reference).present();
    }
  }

  @Test
  void blocksThatTheDiskHasDamagedAreNamedAndNoOthers() throws Exception {
    leaveSome();
    byte[] bytes = Files.readAllBytes(part());
    bytes[3 * CHUNK_BYTES + 7] ^= 1;
    Files.write(part(), bytes);
    try (ArtifactCache cache = open()) {
      Staging staging = cache.stage(reference);
      writeMissing(staging);
      Outcome outcome = staging.commit();
      assertThat(outcome.whole()).isFalse();
      assertThat(outcome.damaged()).isEqualTo(bits(3));
      assertThat(cache.contains(reference)).isFalse();
      write(staging, 3);
      assertThat(staging.commit().whole()).isTrue();
      assertThat(cache.read(reference)).isEqualTo(ByteBuffer.wrap(content));
    }
  }

  @Test
  void damageThatWasFoundIsNotForgottenInACrash() throws Exception {
    leaveSome();
    byte[] bytes = Files.readAllBytes(part());
    bytes[3 * CHUNK_BYTES + 7] ^= 1;
    Files.write(part(), bytes);
    try (ArtifactCache cache = open()) {
      Staging staging = cache.stage(reference);
      writeMissing(staging);
      assertThat(staging.commit().damaged()).isEqualTo(bits(3));
    }
    BitSet expected = new BitSet();
    expected.set(0, CHUNKS);
    expected.clear(3);
    assertThat(present()).isEqualTo(expected);
  }

  @Test
  void aFileThatWasCutShortLacksWhatWasBehind() throws Exception {
    leaveSome();
    Files.write(part(), Arrays.copyOf(Files.readAllBytes(part()), 3 * CHUNK_BYTES + 5));
    assertThat(present()).isEqualTo(bits(0));
    // Also once the file is long again, with a hole where block 3 was.
    try (ArtifactCache cache = open()) {
      write(cache.stage(reference), 9);
    }
    assertThat(present()).isEqualTo(bits(0, 9));
  }

  @Test
  void stepsThatFailMayBeTakenAgain() throws Exception {
    for (Step failing : Step.values()) {
      boolean[] broken = {false};
      StorageProbe probe =
          step -> {
            if (broken[0] && step == failing) {
              throw new IOException("No space left on device");
            }
          };
      try (DirectoryArtifactCache cache = DirectoryArtifactCache.open(directory, QUOTA, probe)) {
        Staging staging = cache.stage(reference);
        write(staging, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        broken[0] = true;
        if (failing == Step.WRITE_BLOCK) {
          assertThatThrownBy(() -> write(staging, 9)).isInstanceOf(IOException.class);
          broken[0] = false;
        }
        write(staging, 9);
        if (Set.of(Step.FORCE_BLOCKS, Step.NOTE_BLOCKS, Step.VERIFY, Step.MOVE).contains(failing)) {
          assertThatThrownBy(staging::commit).isInstanceOf(IOException.class);
          assertThat(cache.contains(reference)).isFalse();
          broken[0] = false;
        }
        assertThat(staging.commit().whole()).as(failing.name()).isTrue();
        assertThat(cache.read(reference)).isEqualTo(ByteBuffer.wrap(content));
        cache.retain(digest -> false);
      }
    }
  }

  @Test
  void aClockThatIsTenYearsOffChangesNothing() throws Exception {
    for (int years : new int[] {-10, 10}) {
      leaveSome();
      FileTime moved = FileTime.from(Instant.now().plus(Duration.ofDays(365L * years)));
      Files.setLastModifiedTime(part(), moved);
      Files.setLastModifiedTime(notes(), moved);
      assertThat(present()).isEqualTo(bits(0, 3, 9));
      try (ArtifactCache cache = open()) {
        Staging staging = cache.stage(reference);
        writeMissing(staging);
        assertThat(staging.commit().whole()).isTrue();
        Path file = directory.resolve("artifacts").resolve(reference.digest().hex());
        Files.setLastModifiedTime(file, moved);
        assertThat(cache.contains(reference)).isTrue();
        cache.retain(digest -> false);
      }
    }
  }

  @Test
  void whatWasLeftGivesWayWhenRoomIsWanted() throws Exception {
    leaveSome();
    byte[] other = new byte[700];
    ArtifactReference wanted =
        new ArtifactReference(Role.SERVING, Sha256.of(other), other.length, other.length);
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      Staging staging = cache.stage(wanted);
      assertThat(Files.exists(part())).isFalse();
      assertThatThrownBy(() -> cache.stage(reference)).isInstanceOf(OutOfQuotaException.class);
      staging.write(0, ByteString.copyFrom(other));
      assertThat(staging.commit().whole()).isTrue();
    }
  }

  @Test
  void whatNobodyNeedsIsDeletedAndWhatIsOpenIsNot() throws Exception {
    leaveSome();
    try (ArtifactCache cache = open()) {
      cache.retain(digest -> true);
      assertThat(Files.exists(part())).isTrue();
      Staging staging = cache.stage(reference);
      cache.retain(digest -> false);
      writeMissing(staging);
      staging.suspend();
      cache.retain(digest -> false);
      assertThat(Files.exists(part())).isFalse();
      assertThat(Files.exists(notes())).isFalse();
    }
  }

  @Test
  void aSecondStagingTakesTheFirstOver() throws Exception {
    try (ArtifactCache cache = open()) {
      Staging first = cache.stage(reference);
      write(first, 0, 1);
      Staging second = cache.stage(reference);
      assertThat(second.present()).isEqualTo(bits(0, 1));
      first.abandon();
      writeMissing(second);
      assertThat(second.commit().whole()).isTrue();
    }
  }
}
