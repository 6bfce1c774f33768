package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;

/**
 * Step 3 of secure aggregation, what a participant says of the masked update that it is about to
 * send in chunks: topic {@code up/round/{round}/receipt}.
 *
 * @param words of the whole update
 * @param digest of the chunks' digests in order
 * @param sharesDigest of what the participant sent in step 2
 */
public record InputReceipt(
    RoundId round,
    ByteString session,
    int words,
    ByteString digest,
    ByteString sharesDigest,
    ByteString signature)
    implements RoundMessage {
  public InputReceipt {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkRange("words", words, 1, (long) Limits.UPDATE_CHUNKS * Limits.CHUNK_WORDS);
    Limits.checkLength("digest", digest, Limits.DIGEST_BYTES);
    Limits.checkLength("shares digest", sharesDigest, Limits.DIGEST_BYTES);
    Limits.checkLength("signature", signature, Limits.SIGNATURE_BYTES);
  }
}
