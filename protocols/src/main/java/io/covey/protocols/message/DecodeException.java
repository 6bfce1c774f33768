package io.covey.protocols.message;

/**
 * Bytes that are no message of this protocol, or one that must not be believed. The only exception
 * that decoding and verifying let out.
 */
public final class DecodeException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was wrong; also the label under which refused messages are counted. */
  public enum Kind {
    TOO_LARGE,
    MALFORMED,
    UNKNOWN_MAJOR_VERSION,
    MISSING_BODY,
    OUT_OF_RANGE,
    /** Nobody signed it. */
    UNSIGNED,
    /** The authority has not certified that the sender is in the fleet. */
    NOT_ENROLLED,
    /** The certificate in it is that of another agent than the one that its topic belongs to. */
    WRONG_SENDER,
    /** The sender's certificate has ended, or has not begun. */
    CERTIFICATE_ENDED,
    /** The authority has revoked the sender's certificate. */
    REVOKED,
    /** Its sender did not sign this, or not for this topic and this receiver. */
    BAD_SIGNATURE,
    /** Its time is over. */
    EXPIRED,
    /** It comes from the future: one of the two clocks is wrong. */
    WRONG_CLOCK,
    /** It was said in, or to, a run that has ended. */
    EARLIER_RUN,
    /** More messages wait to be verified than may. */
    OVERLOADED
  }

  private final Kind kind;

  public DecodeException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public DecodeException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
