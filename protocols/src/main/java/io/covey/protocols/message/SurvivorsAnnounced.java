package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;

/**
 * Step 4 of secure aggregation, whose updates are in the sum: topic {@code
 * down/round/{round}/survivors}. Sets are bits by rank: rank r is bit (r-1) mod 8, counted from the
 * lowest, of byte (r-1) div 8.
 *
 * @param survivors whose updates are in the sum
 * @param dropped who shared its keys and is not in the sum
 */
public record SurvivorsAnnounced(
    RoundId round,
    ByteString session,
    ByteString rosterRoot,
    ByteString survivors,
    ByteString dropped)
    implements RoundMessage {
  public SurvivorsAnnounced {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkLength("roster root", rosterRoot, Limits.DIGEST_BYTES);
    Limits.checkRange("survivors (bytes)", survivors.size(), 1, Limits.RANK_SET_BYTES);
    Limits.checkRange("dropped (bytes)", dropped.size(), 1, Limits.RANK_SET_BYTES);
  }
}
