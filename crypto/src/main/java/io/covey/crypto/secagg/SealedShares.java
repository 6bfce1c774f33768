package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Step 2: a participant's secrets in shares, one sealed box for each neighbour.
 *
 * @param seedCommitment binds the sender to its self-mask seed, see {@link SessionKeys#commitment}
 * @param boxes ciphertexts that only the neighbour opens
 * @param signature of {@link #statement()} by the participant's identity
 */
public record SealedShares(
    Octets session,
    AgentId from,
    Octets rosterRoot,
    Octets seedCommitment,
    SortedMap<AgentId, Octets> boxes,
    Octets signature) {
  public SealedShares {
    boxes = Collections.unmodifiableSortedMap(new TreeMap<>(boxes));
  }

  /** What is signed. */
  public byte[] statement() {
    Canonical canonical =
        new Canonical("covey/v1/sealed-shares")
            .octets(session)
            .agent(from)
            .octets(rosterRoot)
            .octets(seedCommitment)
            .number(boxes.size());
    for (Map.Entry<AgentId, Octets> box : boxes.entrySet()) {
      canonical.agent(box.getKey()).octets(box.getValue());
    }
    return canonical.toBytes();
  }

  /** The same, signed. */
  public SealedShares signed(Octets signature) {
    return new SealedShares(session, from, rosterRoot, seedCommitment, boxes, signature);
  }
}
