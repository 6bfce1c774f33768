package io.covey.protocols.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.message.wire.SignedHeader;
import java.time.Instant;

/**
 * What is on the wire: an encoded {@link Envelope} with what its sender says of it, and the
 * sender's signature of both. Reading one verifies nothing.
 *
 * @param body an encoded envelope, or nothing in a greeting
 * @param signature Ed25519, 64 bytes
 */
public record SignedMessage(Header header, ByteString body, ByteString signature) {
  /** Of the statement that is signed; raised by a change that an older receiver must not accept. */
  public static final int FORMAT = 1;

  /**
   * What the sender says of a message.
   *
   * @param session the run of the agent that speaks or is spoken to; empty in what everybody is
   *     told
   * @param run the run of the coordinator that speaks, by which runs are ordered; 0 of an agent
   * @param greeting the number of a greeting, or of the one that an agent heard last; 0 for none
   * @param sequence rises with every message of one sender to one receiver in their runs
   * @param certificate the identity certificate of an agent, encoded; empty of the coordinator
   */
  public record Header(
      String session,
      long run,
      long greeting,
      long sequence,
      Period period,
      ByteString certificate) {

    public Header {
      Limits.checkText("session", session, 0, Limits.BOOT_ID_CHARACTERS);
      Limits.checkRange("coordinator's run", run, 0, Long.MAX_VALUE);
      Limits.checkRange("greeting", greeting, 0, Long.MAX_VALUE);
      Limits.checkRange("sequence", sequence, 0, Long.MAX_VALUE);
      Limits.checkRange("certificate (bytes)", certificate.size(), 0, Limits.CERTIFICATE_BYTES);
    }
  }

  /**
   * When a message counts, in milliseconds since 1970 by the sender's clock, up to the year 9999.
   *
   * @param expiresAtMillis not before it was issued
   */
  public record Period(long issuedAtMillis, long expiresAtMillis) {
    private static final long LAST_MILLIS = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

    public Period {
      Limits.checkRange("time of issue", issuedAtMillis, 0, LAST_MILLIS);
      Limits.checkRange("expiry", expiresAtMillis, issuedAtMillis, LAST_MILLIS);
    }
  }

  public SignedMessage {
    Limits.checkRange("body (bytes)", body.size(), 0, Limits.ENVELOPE_BYTES);
    Limits.checkLength("signature", signature, Limits.SIGNATURE_BYTES);
  }

  /** The bytes of this message, at most {@link Limits#MESSAGE_BYTES}. */
  public ByteString encode() {
    SignedHeader.Builder said =
        SignedHeader.newBuilder()
            .setSession(header.session())
            .setRun(header.run())
            .setGreeting(header.greeting())
            .setSequence(header.sequence())
            .setIssuedAtMillis(header.period().issuedAtMillis())
            .setExpiresAtMillis(header.period().expiresAtMillis())
            .setCertificate(header.certificate());
    return io.covey.protocols.message.wire.SignedMessage.newBuilder()
        .setFormat(FORMAT)
        .setHeader(said)
        .setBody(body)
        .setSignature(signature)
        .build()
        .toByteString();
  }

  /**
   * The message that {@code bytes} hold; they may come from anyone.
   *
   * @throws DecodeException for everything that is not one; UNSIGNED for a bare envelope
   */
  public static SignedMessage decode(ByteString bytes) throws DecodeException {
    if (bytes.size() > Limits.MESSAGE_BYTES) {
      throw new DecodeException(
          Kind.TOO_LARGE,
          "message of " + bytes.size() + " bytes, expected at most " + Limits.MESSAGE_BYTES);
    }
    try {
      var wire = io.covey.protocols.message.wire.SignedMessage.parseFrom(bytes);
      if (wire.getFormat() == 0) {
        throw new DecodeException(
            Kind.UNSIGNED,
            "a message without a signature: its sender is not enrolled, or its software is older");
      }
      if (wire.getFormat() != FORMAT) {
        throw new DecodeException(
            Kind.UNKNOWN_MAJOR_VERSION,
            "signed message of format "
                + Integer.toUnsignedString(wire.getFormat())
                + ", expected "
                + FORMAT);
      }
      return new SignedMessage(header(wire.getHeader()), wire.getBody(), wire.getSignature());
    } catch (InvalidProtocolBufferException e) {
      throw new DecodeException(Kind.MALFORMED, "not a protobuf message: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new DecodeException(Kind.OUT_OF_RANGE, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads what is said and believes it: for whoever listens, not for whoever acts.
   *
   * @throws DecodeException unless there is a signed message with an envelope in it
   */
  public static Envelope readUnverified(ByteString bytes) throws DecodeException {
    return MessageCodec.decode(decode(bytes).body());
  }

  private static Header header(SignedHeader wire) {
    return new Header(
        wire.getSession(),
        wire.getRun(),
        wire.getGreeting(),
        wire.getSequence(),
        new Period(wire.getIssuedAtMillis(), wire.getExpiresAtMillis()),
        wire.getCertificate());
  }
}
