package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;

/**
 * A survivor's word on the survivor set that it was told: topic {@code
 * up/round/{round}/confirmation}.
 *
 * @param root of the survivor set
 */
public record SurvivorsConfirmed(
    RoundId round, ByteString session, ByteString root, ByteString signature)
    implements RoundMessage {
  public SurvivorsConfirmed {
    Limits.checkLength("session id", session, Limits.DIGEST_BYTES);
    Limits.checkLength("survivors' root", root, Limits.DIGEST_BYTES);
    Limits.checkLength("signature", signature, Limits.SIGNATURE_BYTES);
  }
}
