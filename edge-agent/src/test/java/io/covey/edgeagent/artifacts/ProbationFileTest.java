package io.covey.edgeagent.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.session.Probation;
import io.covey.edgeagent.session.ReturnedVersion;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbationFileTest {
  @TempDir private Path directory;
  private ProbationFile.Content content = ProbationFile.Content.NONE;

  private static ModelManifest manifest(String model, int version) {
    byte[] bytes = {1, 2, (byte) version};
    return new ModelManifest(
        new ModelName(model),
        new ModelVersion(version),
        List.of(new ArtifactReference(Role.GRAPH, Sha256.of(bytes), bytes.length, 1024)));
  }

  @BeforeEach
  void fill() {
    ModelManifest words = manifest("words", 4);
    Probation probation =
        Probation.none()
            .begun(manifest("digits", 2), Optional.of(manifest("digits", 1)), Instant.EPOCH)
            .begun(words, Optional.empty(), Instant.ofEpochMilli(1_700_000_000_123L))
            .following(
                new TreeMap<>(
                    Map.of(
                        words.model(),
                        new ReturnedVersion(
                            manifest("words", 3),
                            Optional.of(manifest("words", 2)),
                            8,
                            "crashed"))),
                9);
    content = new ProbationFile.Content(probation, false);
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    ProbationFile file = new ProbationFile(directory);
    assertThat(file.read()).isEqualTo(ProbationFile.Content.NONE);
    file.write(content);
    assertThat(file.read()).isEqualTo(content);
    file.write(ProbationFile.Content.NONE);
    assertThat(new ProbationFile(directory).read()).isEqualTo(ProbationFile.Content.NONE);
  }

  @Test
  void aFileThatIsCutOffAnywhereIsNoProbation() throws Exception {
    ProbationFile file = new ProbationFile(directory);
    file.write(content);
    Path path = directory.resolve("probation");
    byte[] whole = Files.readAllBytes(path);
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThat(file.read()).isEqualTo(ProbationFile.Content.NONE);
    }
  }

  @Test
  void noByteOfADamagedFileStopsTheAgent() throws Exception {
    ProbationFile file = new ProbationFile(directory);
    file.write(content);
    Path path = directory.resolve("probation");
    byte[] whole = Files.readAllBytes(path);
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= (byte) 0x80;
      Files.write(path, damaged);
      assertThat(file.read().probation().trials()).hasSizeLessThanOrEqualTo(2);
    }
  }
}
