package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import java.util.List;

/** What a participant's neighbours sealed for it: topic {@code down/round/{round}/shares}. */
public record SharesDelivered(RoundId round, ByteString session, List<SealedBox> boxes)
    implements RoundMessage {
  public SharesDelivered {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkRange("boxes", boxes.size(), 0, Limits.NEIGHBOURS);
    boxes = List.copyOf(boxes);
  }
}
