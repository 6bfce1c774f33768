package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;

/**
 * Step 3: what a participant says of the masked vector that it sends in chunks.
 *
 * @param words of the whole vector
 * @param digest SHA-256 of all its words, little-endian
 * @param signature of {@link #statement()} by the participant's identity
 */
public record MaskedInputReceipt(
    Octets session, AgentId from, int words, Octets digest, Octets signature) {

  /** What is signed. */
  public byte[] statement() {
    return new Canonical("covey/v1/masked-input")
        .octets(session)
        .agent(from)
        .number(words)
        .octets(digest)
        .toBytes();
  }

  /** The same, signed. */
  public MaskedInputReceipt signed(Octets signature) {
    return new MaskedInputReceipt(session, from, words, digest, signature);
  }
}
