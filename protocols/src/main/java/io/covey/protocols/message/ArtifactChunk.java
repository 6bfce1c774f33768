package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.Sha256;

/**
 * One piece of an artifact.
 *
 * @param digest of the whole artifact
 * @param index 0-based
 */
public record ArtifactChunk(Sha256 digest, int index, ByteString content) implements Message {
  public ArtifactChunk {
    Limits.checkRange("chunk index", index, 0, Integer.MAX_VALUE);
    Limits.checkRange("chunk length", content.size(), 1, Limits.CHUNK_CONTENT_BYTES);
  }
}
