package io.covey.edgeagent.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.SnapshotDocument;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.topic.TrustPlace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustKeepingTest {
  private static final TrustPlace TIMESTAMP = new TrustPlace.Timestamp();

  @TempDir private Path directory;

  private static Octets octets(int first) {
    return Octets.copyOf(new byte[] {(byte) first, 2, 3});
  }

  @Test
  void whatIsSavedComesBackAndNothingElseIsLeft() throws IOException {
    FileTrustStore store = new FileTrustStore(directory);
    assertThat(store.load()).isEmpty();
    store.save(octets(1));
    store.save(octets(2));
    assertThat(new FileTrustStore(directory).load()).contains(octets(2));
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactly("releases.trust");
    }
  }

  @Test
  void whatCannotBeReadIsAFailureAndNotNothing() throws IOException {
    Files.createDirectory(directory.resolve(FileTrustStore.NAME));
    assertThatThrownBy(() -> new FileTrustStore(directory).load()).isInstanceOf(IOException.class);
  }

  @Test
  void halfAFileThatACrashLeftIsNotWhatIsRead() throws IOException {
    FileTrustStore store = new FileTrustStore(directory);
    store.save(octets(1));
    Files.write(directory.resolve(FileTrustStore.NAME + ".new"), new byte[] {9});
    assertThat(store.load()).contains(octets(1));
    store.save(octets(2));
    assertThat(store.load()).contains(octets(2));
  }

  @Test
  void onlyAnotherDocumentIsNews() {
    OfferedDocuments offered = new OfferedDocuments();
    assertThat(offered.offer(TIMESTAMP, octets(1))).isTrue();
    assertThat(offered.offer(TIMESTAMP, octets(1))).isFalse();
    assertThat(offered.offer(TIMESTAMP, octets(2))).isTrue();
    assertThat(offered.copy()).containsOnlyKeys(TIMESTAMP).containsValue(octets(2));
  }

  @Test
  void aFloodDrivesOutWhatIsOldestAndStaysBounded() {
    OfferedDocuments offered = new OfferedDocuments();
    offered.offer(new TrustPlace.Targets(new ModelName("first")), octets(1));
    for (int i = 0; i < 1000; i++) {
      offered.offer(new TrustPlace.Targets(new ModelName("junk-" + i)), octets(i));
      offered.offer(new TrustPlace.Root(1000 - i), octets(i));
    }
    assertThat(offered.copy())
        .hasSize(SnapshotDocument.MOST_TARGETS + 2 + OfferedDocuments.MOST_ROOTS)
        .doesNotContainKey(new TrustPlace.Targets(new ModelName("first")))
        .containsKey(new TrustPlace.Root(1))
        .doesNotContainKey(new TrustPlace.Root(1000));
    offered.forgetRootsUpTo(OfferedDocuments.MOST_ROOTS);
    assertThat(offered.copy()).hasSize(SnapshotDocument.MOST_TARGETS + 2);
  }

  @Test
  void aRootThatIsLargerThanAnyIsNotKept() {
    OfferedDocuments offered = new OfferedDocuments();
    Octets large = Octets.copyOf(new byte[OfferedDocuments.ROOT_BYTES + 1]);
    assertThat(offered.offer(new TrustPlace.Root(2), large)).isFalse();
    assertThat(offered.copy()).isEmpty();
  }
}
