package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import java.util.List;

/**
 * Step 5 of secure aggregation, the request to release shares, with what neighbours confirmed:
 * topic {@code down/round/{round}/unmask}.
 *
 * @param root of the survivor set that all of them confirmed
 */
public record UnmaskingRequested(
    RoundId round, ByteString session, ByteString root, List<Signed> confirmations)
    implements RoundMessage {

  /**
   * One neighbour's signature of the root.
   *
   * @param rank in the roster, counted from 1
   */
  public record Signed(int rank, ByteString signature) {
    public Signed {
      Limits.checkRange("rank", rank, 1, Limits.COHORT);
      Limits.checkLength("signature", signature, Limits.SIGNATURE_BYTES);
    }
  }

  public UnmaskingRequested {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkLength("survivors' root", root, Limits.DIGEST_BYTES);
    Limits.checkRange("confirmations", confirmations.size(), 0, Limits.NEIGHBOURS);
    confirmations = List.copyOf(confirmations);
  }
}
