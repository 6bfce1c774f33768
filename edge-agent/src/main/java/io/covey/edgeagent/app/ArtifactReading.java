package io.covey.edgeagent.app;

import io.covey.edgeagent.artifacts.ArtifactCache;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The artifacts of one version in the form in which models take them. Blocks. */
final class ArtifactReading {
  private final ArtifactCache cache;
  private final ModelManifest manifest;

  ArtifactReading(ArtifactCache cache, ModelManifest manifest) {
    this.cache = cache;
    this.manifest = manifest;
  }

  /** Bytes of all artifacts together. */
  static long lengthBytes(ModelManifest manifest) {
    return manifest.artifacts().stream().mapToLong(ArtifactReference::lengthBytes).sum();
  }

  /** A whole {@code .tflite} file. */
  byte[] graph() throws IOException {
    ArtifactReference artifact =
        manifest
            .artifact(Role.GRAPH)
            .orElseThrow(() -> new IOException("the version has no artifact GRAPH"));
    ByteBuffer bytes = cache.read(artifact);
    byte[] file = new byte[bytes.remaining()];
    bytes.get(file);
    return file;
  }

  /** Empty when the version has none of its own. */
  Optional<float[]> weights() throws IOException {
    Optional<ArtifactReference> artifact = manifest.artifact(Role.WEIGHTS);
    if (artifact.isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer bytes = cache.read(artifact.get()).order(ByteOrder.LITTLE_ENDIAN);
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
