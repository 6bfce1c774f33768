package io.covey.protocols.message;

import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.Optional;

/**
 * One file of a model's version, by its content: as it travels and lies in caches, which for a
 * sealed one is encrypted.
 *
 * @param digest of the sealed file, if it is one
 * @param lengthBytes at least 1; of the sealed file, if it is one
 * @param chunkSizeBytes every chunk but the last has this size
 * @param sealing what is under it; empty for a file that travels as it is
 */
public record ArtifactReference(
    Role role, Sha256 digest, long lengthBytes, int chunkSizeBytes, Optional<Sealing> sealing) {

  /** What the file is for. */
  public enum Role {
    /** A {@code .tflite} file that can be trained; the same in every version of a plain model. */
    GRAPH,
    /**
     * Little-endian float32 values of all trainable variables, in the order of the graph's {@code
     * parameters} signature. Of a plain model, the coordinator's own: not sent.
     */
    WEIGHTS,
    /** A {@code .tflite} file that is served as it is, with its weights in it. */
    SERVING,
    /** The weights that devices train from, as {@code io.covey.models.weights} writes them. */
    PACKED_WEIGHTS,
    /** The same as a difference to those of the version before. */
    WEIGHTS_DIFFERENCE,
    /** Inputs that a version is tried on before it serves, as {@code io.covey.models.samples}. */
    SAMPLE_INPUTS,
    /** What it has to answer to them, in the same format. */
    EXPECTED_OUTPUTS;

    /** Whether the file is for trying a version, and for nothing once it has been tried. */
    public boolean isSample() {
      return this == SAMPLE_INPUTS || this == EXPECTED_OUTPUTS;
    }
  }

  /**
   * What a sealed file opens to.
   *
   * @param plaintext digest of what it holds
   * @param plaintextBytes length of what it holds, at least 1
   * @param keyVersion the version of the model whose content key it is sealed with
   */
  public record Sealing(Sha256 plaintext, long plaintextBytes, ModelVersion keyVersion) {
    public Sealing {
      Limits.checkRange("plaintext length", plaintextBytes, 1, Limits.ARTIFACT_BYTES);
    }
  }

  public ArtifactReference {
    long mostBytes =
        sealing
            .map(under -> under.plaintextBytes() + Limits.SEALING_BYTES)
            .orElse(Limits.ARTIFACT_BYTES);
    long leastBytes = sealing.map(Sealing::plaintextBytes).orElse(0L) + 1;
    Limits.checkRange("artifact length", lengthBytes, leastBytes, mostBytes);
    Limits.checkRange("chunk size", chunkSizeBytes, 1, Limits.CHUNK_CONTENT_BYTES);
    Limits.checkRange(
        "chunks of an artifact",
        (lengthBytes + chunkSizeBytes - 1) / chunkSizeBytes,
        1,
        Limits.CHUNKS_PER_ARTIFACT);
  }

  /** A file that travels as it is. */
  public ArtifactReference(Role role, Sha256 digest, long lengthBytes, int chunkSizeBytes) {
    this(role, digest, lengthBytes, chunkSizeBytes, Optional.empty());
  }

  /** How many chunks the artifact is published in. */
  public int chunkCount() {
    return Math.toIntExact((lengthBytes + chunkSizeBytes - 1) / chunkSizeBytes);
  }

  /** The length of chunk {@code index}, 0-based. */
  public int chunkLengthBytes(int index) {
    if (index < 0 || index >= chunkCount()) {
      throw new IllegalArgumentException("chunk " + index + " of " + chunkCount());
    }
    // No overflow: the product is below lengthBytes.
    return (int) Math.min(chunkSizeBytes, lengthBytes - (long) index * chunkSizeBytes);
  }
}
