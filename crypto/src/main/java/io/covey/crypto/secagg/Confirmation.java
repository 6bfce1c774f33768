package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;

/**
 * Step 4: a survivor's word that it was told a certain survivor set.
 *
 * @param root of the {@link SurvivorSet}
 * @param signature of {@link #statement()} by the participant's identity
 */
public record Confirmation(Octets session, AgentId from, Octets root, Octets signature) {

  /** What is signed. */
  public byte[] statement() {
    return new Canonical("covey/v1/confirmation")
        .octets(session)
        .agent(from)
        .octets(root)
        .toBytes();
  }

  /** The same, signed. */
  public Confirmation signed(Octets signature) {
    return new Confirmation(session, from, root, signature);
  }
}
