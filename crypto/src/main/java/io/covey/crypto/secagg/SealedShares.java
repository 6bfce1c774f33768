package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Aead;
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
 * <p>Not signed: each box is authenticated to the one who opens it, and the sender signs {@link
 * #digest()} in step 3.
 *
 * @param seedCommitment binds the sender to its self-mask seed, see {@link SessionKeys#commitment}
 * @param boxes ciphertexts that only the neighbour opens
 */
public record SealedShares(
    Octets session,
    AgentId from,
    Octets rosterRoot,
    Octets seedCommitment,
    SortedMap<AgentId, Octets> boxes) {
  /** Length of what is in a box: a share of each secret. */
  public static final int PAIR_BYTES = 2 * Shamir.SHARE_BYTES;

  /** Length of a box. */
  public static final int BOX_BYTES = PAIR_BYTES + Aead.TAG_BYTES;

  public SealedShares {
    boxes = Collections.unmodifiableSortedMap(new TreeMap<>(boxes));
  }

  /** SHA-256 of it all: what the {@link MaskedInputReceipt} of its sender vouches for. */
  public Octets digest() {
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
    return canonical.digest();
  }
}
