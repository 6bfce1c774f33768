package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Aead;
import io.covey.crypto.primitive.KeyAgreement;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.AgentId;

/** The primitives and the directory that both sides of a session work with. */
public record SessionPrimitives(
    KeyAgreement agreement, Signer signer, Aead aead, IdentityDirectory identities) {

  /** Whether an enrolled agent has signed a statement. */
  public boolean isSigned(AgentId by, byte[] statement, Octets signature) {
    return identities
        .verificationKeyOf(by)
        .filter(key -> signer.verify(key, statement, signature))
        .isPresent();
  }
}
