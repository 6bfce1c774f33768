package io.covey.edgeagent.app;

import io.covey.edgeagent.sealing.ArtifactOpener;
import io.covey.edgeagent.selftest.ReleasedSamples;
import io.covey.models.graph.ModelException;
import io.covey.models.samples.NamedTensors;
import io.covey.models.samples.SampleFile;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The artifacts of one version in the form in which models take them. Blocks. */
final class ArtifactReading {
  private final ArtifactOpener opener;
  private final ModelManifest manifest;

  ArtifactReading(ArtifactOpener opener, ModelManifest manifest) {
    this.opener = opener;
    this.manifest = manifest;
  }

  /**
   * What serving a version takes: of a plain model the file that is served, and nothing of what is
   * trained.
   */
  static List<ArtifactReference> served(ModelManifest manifest) {
    return manifest.isPlain()
        ? manifest.artifact(Role.SERVING).map(List::of).orElse(List.of())
        : manifest.withoutSamples().artifacts();
  }

  /**
   * What it takes until a version serves.
   *
   * @param answeredBefore whether it does so without a test, and so without samples
   */
  static List<ArtifactReference> needed(ModelManifest manifest, boolean answeredBefore) {
    List<ArtifactReference> files = new ArrayList<>(served(manifest));
    if (!answeredBefore) {
      manifest.artifacts().stream().filter(file -> file.role().isSample()).forEach(files::add);
    }
    return files;
  }

  /** Bytes of all artifacts that are served together. */
  static long servedBytes(ModelManifest manifest) {
    return served(manifest).stream().mapToLong(ArtifactReference::lengthBytes).sum();
  }

  /**
   * What the version is to be tried on; empty when it brings nothing.
   *
   * @param tolerance as its release says
   * @throws IOException also when what it brings is damaged
   */
  Optional<ReleasedSamples> samples(double tolerance) throws IOException {
    if (manifest.artifact(Role.SAMPLE_INPUTS).isEmpty()) {
      return Optional.empty();
    }
    List<NamedTensors> inputs = samples(Role.SAMPLE_INPUTS);
    List<NamedTensors> expected = samples(Role.EXPECTED_OUTPUTS);
    try {
      return Optional.of(new ReleasedSamples(inputs, expected, tolerance));
    } catch (IllegalArgumentException e) {
      throw new IOException("the version has " + e.getMessage(), e);
    }
  }

  private List<NamedTensors> samples(Role role) throws IOException {
    try {
      return SampleFile.read(file(role));
    } catch (ModelException e) {
      throw new IOException("artifact %s: %s".formatted(role, e.getMessage()), e);
    }
  }

  /** The {@code .tflite} file that answers requests. */
  byte[] servedFile() throws IOException {
    return file(manifest.isPlain() ? Role.SERVING : Role.GRAPH);
  }

  /** The {@code .tflite} file that is trained. */
  byte[] graph() throws IOException {
    return file(Role.GRAPH);
  }

  private byte[] file(Role role) throws IOException {
    ArtifactReference artifact =
        manifest
            .artifact(role)
            .orElseThrow(() -> new IOException("the version has no artifact " + role));
    return opener.read(manifest.model(), artifact);
  }

  /** Little-endian values; empty when the version has none, or packed ones. */
  Optional<float[]> weights() throws IOException {
    Optional<ArtifactReference> artifact = manifest.artifact(Role.WEIGHTS);
    if (artifact.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(opener.read(manifest.model(), artifact.get()))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() % Float.BYTES != 0) {
      throw new IOException(
          "artifact WEIGHTS has %d bytes, expected a multiple of %d"
              .formatted(bytes.remaining(), Float.BYTES));
    }
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return Optional.of(values);
  }
}
