package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;

/**
 * One piece of a participant's masked update: topic {@code up/round/{round}/update}.
 *
 * @param index 0-based; every chunk but the last holds {@link Limits#CHUNK_WORDS} words
 * @param words little-endian 64-bit words
 */
public record UpdateChunk(RoundId round, int index, int count, ByteString words)
    implements RoundMessage {
  public UpdateChunk {
    Limits.checkRange("chunk count", count, 1, Limits.UPDATE_CHUNKS);
    Limits.checkRange("chunk index", index, 0, count - 1L);
    Limits.checkRange("chunk length", words.size(), Long.BYTES, Limits.CHUNK_CONTENT_BYTES);
    if (words.size() % Long.BYTES != 0) {
      throw new IllegalArgumentException(
          "chunk of " + words.size() + " bytes, expected a multiple of " + Long.BYTES);
    }
  }
}
