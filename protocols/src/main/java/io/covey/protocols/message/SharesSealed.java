package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import java.util.List;

/**
 * Step 2 of secure aggregation, a participant's secrets in shares: topic {@code
 * up/round/{round}/shares}.
 *
 * @param rosterRoot of the roster that the sender was told
 * @param seedCommitment 32 bytes
 * @param boxes one for each neighbour
 */
public record SharesSealed(
    RoundId round,
    ByteString session,
    ByteString rosterRoot,
    ByteString seedCommitment,
    List<SealedBox> boxes)
    implements RoundMessage {
  public SharesSealed {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkLength("roster root", rosterRoot, Limits.DIGEST_BYTES);
    Limits.checkLength("seed commitment", seedCommitment, Limits.DIGEST_BYTES);
    Limits.checkRange("boxes", boxes.size(), 1, Limits.NEIGHBOURS);
    boxes = List.copyOf(boxes);
  }
}
