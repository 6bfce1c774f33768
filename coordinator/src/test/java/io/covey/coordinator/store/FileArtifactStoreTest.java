package io.covey.coordinator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileArtifactStoreTest {
  private static final byte[] CONTENT = "a model".getBytes(StandardCharsets.UTF_8);
  private static final Sha256 DIGEST = Sha256.of(CONTENT);

  private Path directory;
  private FileArtifactStore store;

  @BeforeEach
  void open(@TempDir Path temporary) {
    directory = temporary.resolve("artifacts");
    store = new FileArtifactStore(directory);
  }

  private Path file() {
    return directory
        .resolve("sha256")
        .resolve(DIGEST.hex().substring(0, 2))
        .resolve(DIGEST.hex().substring(2));
  }

  @Test
  void whatIsPutComesBackUnderItsDigest() throws IOException {
    assertThat(store.put(CONTENT)).isEqualTo(DIGEST);
    assertThat(store.get(DIGEST)).contains(CONTENT);
    assertThat(file()).hasBinaryContent(CONTENT);
    assertThat(new FileArtifactStore(directory).get(DIGEST)).contains(CONTENT);
    assertThat(store.get(Sha256.of(new byte[1]))).isEmpty();
  }

  @Test
  void puttingTheSameAgainTouchesNothing() throws IOException {
    store.put(CONTENT);
    Object before = Files.getAttribute(file(), "unix:ino");
    store.put(CONTENT);
    assertThat(Files.getAttribute(file(), "unix:ino")).isEqualTo(before);
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
  }

  @Test
  void aDamagedFileIsNamedAndNeverHandedOut() throws IOException {
    store.put(CONTENT);
    for (byte[] damage : List.of(new byte[CONTENT.length], new byte[0], new byte[100])) {
      Files.write(file(), damage);
      assertThatThrownBy(() -> store.get(DIGEST))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(file().toString())
          .hasMessageContaining("damaged")
          .hasMessageContaining("backup");
    }
  }

  @Test
  void puttingTheContentAgainMendsADamagedFile() throws IOException {
    store.put(CONTENT);
    Files.write(file(), new byte[CONTENT.length]);
    store.put(CONTENT);
    assertThat(store.get(DIGEST)).contains(CONTENT);
  }

  @Test
  void whatAnEarlierRunLeftHalfWrittenIsRemovedAtTheStart() throws IOException {
    Path leftover = Files.write(directory.resolve("incoming/incoming-123"), new byte[10]);
    Path foreign = Files.write(directory.resolve("incoming/readme"), new byte[10]);
    store.put(CONTENT);
    FileArtifactStore again = new FileArtifactStore(directory);
    assertThat(leftover).doesNotExist();
    assertThat(foreign).exists();
    assertThat(again.get(DIGEST)).contains(CONTENT);
  }

  @Test
  void aFailureToWriteNamesTheFileAndWhatToCheck() throws IOException {
    // A file where a directory is needed: not even root can write below it.
    Files.write(directory.resolve("sha256").resolve(DIGEST.hex().substring(0, 2)), new byte[0]);
    assertThatThrownBy(() -> store.put(CONTENT))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file().toString())
        .hasMessageContaining("free space")
        .hasMessageContaining("permissions");
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
  }

  @Test
  void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
    Path blocked = Files.write(directory.resolve("blocked"), new byte[0]);
    assertThatThrownBy(() -> new FileArtifactStore(blocked))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(blocked.toString());
  }

  @Test
  void threadsMayPutTheSameContentAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Sha256> put = () -> store.put(CONTENT);
      for (Future<Sha256> digest : threads.invokeAll(Collections.nCopies(40, put))) {
        assertThat(digest.get()).isEqualTo(DIGEST);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(store.get(DIGEST)).contains(CONTENT);
    assertThat(directory.resolve("incoming")).isEmptyDirectory();
  }
}
