package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Step 5: the shares that a survivor holds of its neighbours' secrets, one secret of each.
 *
 * @param selfMaskShares of neighbours that survived
 * @param maskKeyShares of neighbours that dropped
 * @param signature of {@link #statement()} by the participant's identity
 */
public record UnmaskingShares(
    Octets session,
    AgentId from,
    SortedMap<AgentId, SecretBytes> selfMaskShares,
    SortedMap<AgentId, SecretBytes> maskKeyShares,
    Octets signature) {
  public UnmaskingShares {
    selfMaskShares = Collections.unmodifiableSortedMap(new TreeMap<>(selfMaskShares));
    maskKeyShares = Collections.unmodifiableSortedMap(new TreeMap<>(maskKeyShares));
  }

  /** What is signed. */
  public byte[] statement() {
    Canonical canonical = new Canonical("covey/v1/unmasking").octets(session).agent(from);
    write(canonical, selfMaskShares);
    write(canonical, maskKeyShares);
    return canonical.toBytes();
  }

  private static void write(Canonical canonical, SortedMap<AgentId, SecretBytes> shares) {
    canonical.number(shares.size());
    shares.forEach((owner, share) -> canonical.agent(owner).octets(Octets.copyOf(share.reveal())));
  }

  /** The same, signed. */
  public UnmaskingShares signed(Octets signature) {
    return new UnmaskingShares(session, from, selfMaskShares, maskKeyShares, signature);
  }
}
