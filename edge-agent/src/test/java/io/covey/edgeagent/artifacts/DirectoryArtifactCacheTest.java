package io.covey.edgeagent.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache.Staging;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryArtifactCacheTest {
  private static final int CHUNK_BYTES = 100;

  @TempDir private Path directory;

  private static byte[] content(long seed) {
    byte[] content = new byte[250];
    new Random(seed).nextBytes(content);
    return content;
  }

  private static ArtifactReference reference(byte[] content) {
    return new ArtifactReference(Role.GRAPH, Sha256.of(content), content.length, CHUNK_BYTES);
  }

  private static Staging staged(ArtifactCache cache, ArtifactReference reference, byte[] content)
      throws IOException {
    Staging staging = cache.stage(reference);
    for (int i = reference.chunkCount() - 1; i >= 0; i--) {
      staging.write(
          i, ByteString.copyFrom(content, i * CHUNK_BYTES, reference.chunkLengthBytes(i)));
    }
    return staging;
  }

  private Path file(ArtifactReference reference) {
    return directory.resolve("artifacts").resolve(reference.digest().hex());
  }

  private static long filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @Test
  void whatWasTakenInIsThereAfterARestart() throws Exception {
    byte[] content = content(1);
    ArtifactReference reference = reference(content);
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(cache.contains(reference)).isFalse();
      assertThat(staged(cache, reference, content).commit().whole()).isTrue();
      assertThat(cache.contains(reference)).isTrue();
    }
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(cache.contains(reference)).isTrue();
      assertThat(cache.read(reference)).isEqualTo(ByteBuffer.wrap(content));
      assertThat(cache.read(reference).isReadOnly()).isTrue();
    }
  }

  @Test
  void bytesOfAnotherDigestAreNotTakenIn() throws Exception {
    ArtifactReference reference = reference(content(1));
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(staged(cache, reference, content(2)).commit().whole()).isFalse();
      assertThat(cache.contains(reference)).isFalse();
      Staging incomplete = cache.stage(reference);
      incomplete.write(0, ByteString.copyFrom(content(1), 0, CHUNK_BYTES));
      assertThat(incomplete.commit().damaged()).hasToString("{1, 2}");
      incomplete.abandon();
      assertThat(filesIn(directory.resolve("staging"))).isZero();
    }
  }

  @Test
  void aDamagedFileIsNoticedAndRemoved() throws Exception {
    byte[] content = content(1);
    ArtifactReference reference = reference(content);
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(staged(cache, reference, content).commit().whole()).isTrue();
    }
    content[17] ^= 1;
    Files.write(file(reference), content);
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(cache.contains(reference)).isFalse();
      assertThat(file(reference)).doesNotExist();
      assertThat(staged(cache, reference, content(1)).commit().whole()).isTrue();
      // Also in the run in which it was whole once: a shorter file, then none.
      Files.write(file(reference), new byte[10]);
      assertThat(cache.contains(reference)).isFalse();
      assertThat(staged(cache, reference, content(1)).commit().whole()).isTrue();
      Files.delete(file(reference));
      assertThat(cache.contains(reference)).isFalse();
      assertThatThrownBy(() -> cache.read(reference)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void theQuotaCountsWhatIsStagedToo() throws Exception {
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 600)) {
      assertThat(staged(cache, reference(content(1)), content(1)).commit().whole()).isTrue();
      Staging second = staged(cache, reference(content(2)), content(2));
      assertThatThrownBy(() -> cache.stage(reference(content(3))))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "artifact of 250 bytes does not fit: 500 of 600 bytes are used; raise the quota or"
                  + " serve fewer models");
      second.abandon();
      second.abandon();
      assertThat(staged(cache, reference(content(3)), content(3)).commit().whole()).isTrue();
      assertThat(cache.contains(reference(content(2)))).isFalse();
      cache.retain(Set.of(reference(content(3)).digest())::contains);
      assertThat(cache.contains(reference(content(1)))).isFalse();
      assertThat(cache.contains(reference(content(3)))).isTrue();
      cache.stage(reference(content(2))).abandon();
    }
  }

  @Test
  void whatWasServedIsRememberedAndDamageIsIgnored() throws Exception {
    ModelManifest manifest =
        new ModelManifest(
            new ModelName("digits"), new ModelVersion(7), List.of(reference(content(1))));
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(cache.servedBefore()).isEmpty();
      cache.rememberServed(List.of());
      cache.rememberServed(List.of(manifest));
    }
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(cache.servedBefore()).containsExactly(manifest);
      byte[] bytes = Files.readAllBytes(directory.resolve("served"));
      for (int length = 0; length < bytes.length; length += 1 + length / 2) {
        Files.write(directory.resolve("served"), java.util.Arrays.copyOf(bytes, length));
        assertThat(cache.servedBefore()).as("cut to %d bytes", length).isEmpty();
      }
    }
  }

  @Test
  void whatACrashLeftInTheStagingAreaIsRemoved() throws Exception {
    DirectoryArtifactCache.open(directory, 1000).close();
    Files.write(directory.resolve("staging").resolve("left.part"), new byte[500]);
    Files.write(directory.resolve("served.new"), new byte[3]);
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(filesIn(directory.resolve("staging"))).isZero();
      assertThat(cache.servedBefore()).isEmpty();
      cache.stage(reference(content(1))).abandon();
    }
  }

  @Test
  void twoAgentsCannotShareADirectory() throws Exception {
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(cache.servedBefore()).isEmpty();
      assertThatThrownBy(() -> DirectoryArtifactCache.open(directory, 1000))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another agent uses the data directory");
    }
    DirectoryArtifactCache.open(directory, 1000).close();
  }

  @Test
  void theRefusalOfASecondAgentInTheSameProcessDoesNotLetOthersIn() throws Exception {
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1000)) {
      assertThat(cache.obstacle()).isEmpty();
      Path detour = directory.resolve("..").resolve(directory.getFileName());
      assertThatThrownBy(() -> DirectoryArtifactCache.open(detour, 1000))
          .hasMessageContaining("another agent uses");
      assertThat(otherProcessSays(directory)).contains("another agent uses");
    }
    assertThat(otherProcessSays(directory)).contains("opened");
  }

  private static String otherProcessSays(Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Opener.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  /** The other process. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      try (ArtifactCache cache = DirectoryArtifactCache.open(Path.of(arguments[0]), 1000)) {
        System.out.println("opened " + cache.obstacle());
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsReadAndWrittenAgainAsSoonAsThatWorks() throws Exception {
    byte[] held = content(1);
    byte[] wanted = content(2);
    ModelManifest manifest =
        new ModelManifest(new ModelName("m"), new ModelVersion(1), List.of(reference(held)));
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 10_000)) {
      staged(cache, reference(held), held).commit();
      cache.rememberServed(List.of(manifest));
      assertThat(cache.obstacle()).isEmpty();
    }
    // What cannot be opened to be written, for no reason that another user would not have.
    Files.delete(directory.resolve("lock"));
    Files.createDirectory(directory.resolve("lock"));
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 10_000)) {
      assertThat(cache.obstacle()).contains("the data directory cannot be written: Is a directory");
      assertThat(cache.servedBefore()).containsExactly(manifest);
      assertThat(cache.contains(reference(held))).isTrue();
      assertThat(cache.read(reference(held))).isEqualTo(ByteBuffer.wrap(held));
      assertThatThrownBy(() -> cache.stage(reference(wanted)))
          .hasMessage("the data directory cannot be written: Is a directory");
      assertThatThrownBy(() -> cache.rememberServed(List.of()))
          .hasMessageContaining("cannot be written");
      assertThatThrownBy(() -> cache.retain(digest -> false))
          .hasMessageContaining("cannot be written");
      assertThat(cache.contains(reference(held))).isTrue();

      Files.delete(directory.resolve("lock"));
      assertThat(staged(cache, reference(wanted), wanted).commit().whole()).isTrue();
      assertThat(cache.obstacle()).isEmpty();
      assertThatThrownBy(() -> DirectoryArtifactCache.open(directory, 10_000))
          .as("it is this one's now")
          .hasMessageContaining("another agent uses");
    }
  }
}
