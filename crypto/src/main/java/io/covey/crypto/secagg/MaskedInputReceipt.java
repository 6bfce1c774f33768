package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;

/**
 * Step 3: what a participant says of the masked vector that it sends in chunks, and of the shares
 * that it sent before.
 *
 * @param sharesDigest {@link SealedShares#digest()} of what it sent in step 2
 * @param words of the whole vector
 * @param digest {@link VectorDigest} of its chunks
 * @param signature of {@link #statement()} by the participant's identity
 */
public record MaskedInputReceipt(
    Octets session, AgentId from, Octets sharesDigest, int words, Octets digest, Octets signature) {

  /** What is signed. */
  public byte[] statement() {
    return new Canonical("covey/v1/masked-input")
        .octets(session)
        .agent(from)
        .octets(sharesDigest)
        .number(words)
        .octets(digest)
        .toBytes();
  }

  /** The same, signed. */
  public MaskedInputReceipt signed(Octets signature) {
    return new MaskedInputReceipt(session, from, sharesDigest, words, digest, signature);
  }
}
