package io.covey.protocols.message;

import io.covey.protocols.id.Sha256;

/**
 * One file of a model's version, by its content.
 *
 * @param lengthBytes at least 1
 * @param chunkSizeBytes every chunk but the last has this size
 */
public record ArtifactReference(Role role, Sha256 digest, long lengthBytes, int chunkSizeBytes) {

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
    WEIGHTS_DIFFERENCE
  }

  public ArtifactReference {
    Limits.checkRange("artifact length", lengthBytes, 1, Limits.ARTIFACT_BYTES);
    Limits.checkRange("chunk size", chunkSizeBytes, 1, Limits.CHUNK_CONTENT_BYTES);
    Limits.checkRange(
        "chunks of an artifact",
        (lengthBytes + chunkSizeBytes - 1) / chunkSizeBytes,
        1,
        Limits.CHUNKS_PER_ARTIFACT);
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
