package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Step 5: the shares that a survivor holds of its neighbours' secrets, one secret of each.
 *
 * <p>Not signed: every opened secret is compared with what its owner committed to, and who sent
 * what is known from the authenticated connection.
 *
 * @param selfMaskShares of neighbours that survived
 * @param maskKeyShares of neighbours that dropped
 */
public record UnmaskingShares(
    Octets session,
    AgentId from,
    SortedMap<AgentId, SecretBytes> selfMaskShares,
    SortedMap<AgentId, SecretBytes> maskKeyShares) {
  public UnmaskingShares {
    selfMaskShares = Collections.unmodifiableSortedMap(new TreeMap<>(selfMaskShares));
    maskKeyShares = Collections.unmodifiableSortedMap(new TreeMap<>(maskKeyShares));
  }

  /** Overwrites every share; whoever holds the message last does it. */
  public void wipe() {
    selfMaskShares.values().forEach(SecretBytes::wipe);
    maskKeyShares.values().forEach(SecretBytes::wipe);
  }
}
