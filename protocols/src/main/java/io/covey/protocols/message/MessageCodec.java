package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.wire.Envelope.BodyCase;
import java.util.List;

/**
 * Between an {@link Envelope} and its bytes: protobuf as {@code covey/v1/messages.proto} says.
 *
 * <p>Encoding is deterministic: equal envelopes give equal bytes. Decoding takes bytes from anyone:
 * it looks at the size first, ignores unknown fields, refuses an unknown major version, and lets
 * nothing out but {@link DecodeException}. Stateless; any thread may call.
 */
public final class MessageCodec {
  /** Raised by a change that an older receiver must not ignore. */
  public static final int MAJOR_VERSION = 1;

  /** Raised by an addition that an older receiver may ignore. */
  public static final int MINOR_VERSION = 0;

  private MessageCodec() {}

  /**
   * The bytes of {@code envelope}, at most {@link Limits#ENVELOPE_BYTES}.
   *
   * @throws IllegalArgumentException when it is larger, which the bounds of every message rule out
   */
  public static ByteString encode(Envelope envelope) {
    ByteString bytes = ToWire.envelope(envelope).toByteString();
    Limits.checkRange("encoded message (bytes)", bytes.size(), 1, Limits.ENVELOPE_BYTES);
    return bytes;
  }

  /**
   * The message that {@code bytes} hold.
   *
   * @throws DecodeException for everything that is not one; its kind and text say what was wrong
   */
  public static Envelope decode(ByteString bytes) throws DecodeException {
    if (bytes.size() > Limits.MESSAGE_BYTES) {
      throw new DecodeException(
          Kind.TOO_LARGE,
          "message of " + bytes.size() + " bytes, expected at most " + Limits.MESSAGE_BYTES);
    }
    var wire = parse(bytes);
    if (wire.getMajor() != MAJOR_VERSION) {
      throw new DecodeException(
          Kind.UNKNOWN_MAJOR_VERSION,
          "message of major version "
              + Integer.toUnsignedString(wire.getMajor())
              + ", this software speaks "
              + MAJOR_VERSION);
    }
    if (wire.getBodyCase() == BodyCase.BODY_NOT_SET) {
      throw new DecodeException(
          Kind.MISSING_BODY, "message without a body, or with one that is not known here");
    }
    try {
      return FromWire.envelope(wire);
    } catch (IllegalArgumentException e) {
      throw new DecodeException(Kind.OUT_OF_RANGE, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * What a plan says, its signature and keys left out: the same bytes from whoever read the same
   * fields, for coordinator and participants to hash.
   */
  public static ByteString contentOf(RoundPlan plan) {
    RoundPlan content = plan.signed(RoundPlan.unsigned()).with(List.of()).withoutDifferences();
    return ToWire.roundPlan(content).toByteString();
  }

  private static io.covey.protocols.message.wire.Envelope parse(ByteString bytes)
      throws DecodeException {
    try {
      return io.covey.protocols.message.wire.Envelope.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new DecodeException(Kind.MALFORMED, "not a protobuf message: " + e.getMessage(), e);
    }
  }
}
