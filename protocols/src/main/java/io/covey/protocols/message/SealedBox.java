package io.covey.protocols.message;

import com.google.protobuf.ByteString;

/**
 * Shares that only one participant can open.
 *
 * @param rank of the other party in the roster, counted from 1: the recipient on the way up, the
 *     sender on the way down
 */
public record SealedBox(int rank, ByteString sealed) {
  public SealedBox {
    Limits.checkRange("rank", rank, 1, Limits.COHORT);
    Limits.checkRange("sealed box (bytes)", sealed.size(), 1, Limits.SEALED_BOX_BYTES);
  }
}
