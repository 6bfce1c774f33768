package io.covey.edgeagent.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.edgeagent.session.Probation;
import io.covey.edgeagent.session.ReturnedVersion;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.DesiredState;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.ModelManifest;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
            .begun(
                manifest("digits", 2),
                Optional.of(manifest("digits", 1)),
                OptionalLong.of(1_700_000_000_000L),
                Instant.EPOCH)
            .begun(
                words,
                Optional.empty(),
                OptionalLong.empty(),
                Instant.ofEpochMilli(1_700_000_000_123L))
            .following(
                new TreeMap<>(
                    Map.of(
                        words.model(),
                        new ReturnedVersion(
                            manifest("words", 3),
                            Optional.of(manifest("words", 2)),
                            OptionalLong.of(8),
                            "crashed"))));
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

  /** Revisions of desired states are passed over, and which releases these were is not known. */
  @Test
  void aFileOfAnEarlierAgentIsRead() throws Exception {
    ModelManifest one = manifest("digits", 1);
    ModelManifest two = manifest("digits", 2);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(0x43565032);
      out.writeBoolean(false);
      out.writeLong(9);
      out.writeInt(1);
      writeManifest(out, two);
      out.writeBoolean(true);
      writeManifest(out, one);
      out.writeLong(1234);
      out.writeInt(1);
      out.writeInt(2);
      out.writeInt(1);
      writeManifest(out, two);
      out.writeBoolean(false);
      out.writeLong(8);
      out.writeUTF("crashed");
    }
    Files.write(directory.resolve("probation"), bytes.toByteArray());

    ProbationFile.Content read = new ProbationFile(directory).read();
    assertThat(read.clean()).isFalse();
    assertThat(read.probation().trials().values())
        .containsExactly(
            new Probation.Trial(
                two, Optional.of(one), OptionalLong.empty(), Instant.ofEpochMilli(1234), 1, 2));
    assertThat(read.probation().returned().values())
        .containsExactly(
            new ReturnedVersion(two, Optional.empty(), OptionalLong.empty(), "crashed"));
  }

  private static void writeManifest(DataOutputStream out, ModelManifest manifest)
      throws IOException {
    DesiredState state = new DesiredState(0, List.of(manifest));
    byte[] encoded = MessageCodec.encode(new Envelope("probation", 0, state)).toByteArray();
    out.writeInt(encoded.length);
    out.write(encoded);
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
