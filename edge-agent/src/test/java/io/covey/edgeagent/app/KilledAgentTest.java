package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.edgeagent.artifacts.DirectoryArtifactCache;
import io.covey.edgeagent.artifacts.ProbationFile;
import io.covey.edgeagent.session.Probation;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, the real runtime, and SIGKILL. */
@Timeout(300)
class KilledAgentTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  @Test
  void anAgentThatIsKilledAgainAndAgainReturnsToTheVersionBefore() throws Exception {
    prepare(directory);
    for (int i = 0; i < 3; i++) {
      assertThat(runAndKill()).contains("serving {digits=2}");
    }
    assertThat(runAndKill()).contains("serving {digits=1}");
    assertThat(runAndKill()).contains("serving {digits=1}");
  }

  /** What the agent says when it answers. */
  private String runAndKill() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledAgent.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    // A read from a pipe cannot be interrupted: only its end ends it.
    CompletableFuture.delayedExecutor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    try (BufferedReader lines = process.inputReader()) {
      StringBuilder said = new StringBuilder();
      String line = lines.readLine();
      while (line != null) {
        said.append(line).append('\n');
        if (line.startsWith("serving ")) {
          break;
        }
        line = lines.readLine();
      }
      return said.toString();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** As an agent leaves it that has switched from version 1 to 2 and was closed. */
  static void prepare(Path directory) throws IOException {
    byte[] graph;
    try (InputStream in =
        Objects.requireNonNull(
            KilledAgentTest.class.getResourceAsStream("/io/covey/edgeagent/digits.tflite"))) {
      graph = in.readAllBytes();
    }
    int parameters;
    try (LoadedModel model = ModelRuntime.tensorFlowLite().load(graph);
        TrainingSession session = model.openTraining()) {
      parameters = session.layout().size();
    }
    try (ArtifactCache cache = DirectoryArtifactCache.open(directory, 1 << 20)) {
      ArtifactReference shared = store(cache, Role.GRAPH, graph);
      byte[] weights = new byte[parameters * Float.BYTES];
      ModelManifest one = manifest(1, shared, store(cache, Role.WEIGHTS, weights));
      weights[3] = 1;
      ModelManifest two = manifest(2, shared, store(cache, Role.WEIGHTS, weights));
      cache.rememberServed(List.of(two));
      Probation probation =
          Probation.none().begun(two, Optional.of(one), OptionalLong.empty(), Instant.now());
      new ProbationFile(directory).write(new ProbationFile.Content(probation, true));
    }
  }

  private static ModelManifest manifest(int version, ArtifactReference... artifacts) {
    return new ModelManifest(
        new ModelName("digits"), new ModelVersion(version), List.of(artifacts));
  }

  private static ArtifactReference store(ArtifactCache cache, Role role, byte[] content)
      throws IOException {
    ArtifactReference reference =
        new ArtifactReference(role, Sha256.of(content), content.length, content.length);
    ArtifactCache.Staging staging = cache.stage(reference);
    staging.write(0, ByteString.copyFrom(content));
    assertThat(staging.commit().whole()).isTrue();
    return reference;
  }
}
