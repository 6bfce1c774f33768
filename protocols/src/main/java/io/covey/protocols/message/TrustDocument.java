package io.covey.protocols.message;

import com.google.protobuf.ByteString;

/**
 * A signed document about releases, for everybody: topics below {@code trust/}, retained. What it
 * is follows from its topic; who signed it, from the document.
 *
 * @param signed at most {@link Limits#CHUNK_CONTENT_BYTES}; nothing of it has been checked
 */
public record TrustDocument(ByteString signed) implements Message {
  public TrustDocument {
    Limits.checkRange("signed document (bytes)", signed.size(), 1, Limits.CHUNK_CONTENT_BYTES);
  }
}
