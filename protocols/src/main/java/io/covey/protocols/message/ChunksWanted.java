package io.covey.protocols.message;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import java.util.List;

/**
 * The chunks of an artifact that an agent waits for and the broker does not have: topic {@code
 * up/chunk}. What the agent has said of the artifact before no longer counts. The coordinator
 * answers on the chunks' own topics, so that everybody has the answer who waits for it.
 *
 * @param artifact digest of the whole
 * @param chunks 0-based indices, ascending, 1 to {@link Limits#CHUNKS_WANTED}
 */
public record ChunksWanted(ModelName model, Sha256 artifact, List<Integer> chunks)
    implements Message {
  public ChunksWanted {
    chunks = List.copyOf(chunks);
    Limits.checkRange("wanted chunks", chunks.size(), 1, Limits.CHUNKS_WANTED);
    int before = -1;
    for (int chunk : chunks) {
      Limits.checkRange("chunk index", chunk, before + 1, Limits.CHUNKS_PER_ARTIFACT - 1);
      before = chunk;
    }
  }
}
