package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import java.util.List;

/**
 * Step 5 of secure aggregation, one share of each neighbour: topic {@code
 * up/round/{round}/unmasking}.
 *
 * @param selfMaskShares of neighbours that survived
 * @param maskKeyShares of neighbours that dropped
 */
public record SharesReleased(
    RoundId round, ByteString session, List<Share> selfMaskShares, List<Share> maskKeyShares)
    implements RoundMessage {

  /**
   * A share of one neighbour's secret.
   *
   * @param rank of the neighbour in the roster, counted from 1
   */
  public record Share(int rank, ByteString value) {
    public Share {
      Limits.checkRange("rank", rank, 1, Limits.COHORT);
      Limits.checkLength("share", value, Limits.SHARE_BYTES);
    }

    @Override
    public String toString() {
      return "Share[rank=" + rank + ", redacted]";
    }
  }

  public SharesReleased {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkRange("self mask shares", selfMaskShares.size(), 0, Limits.NEIGHBOURS);
    Limits.checkRange("mask key shares", maskKeyShares.size(), 0, Limits.NEIGHBOURS);
    selfMaskShares = List.copyOf(selfMaskShares);
    maskKeyShares = List.copyOf(maskKeyShares);
  }
}
