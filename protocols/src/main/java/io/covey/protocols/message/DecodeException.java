package io.covey.protocols.message;

/** Bytes that are no message of this protocol. The only exception that decoding lets out. */
public final class DecodeException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was wrong; also the label under which refused messages are counted. */
  public enum Kind {
    TOO_LARGE,
    MALFORMED,
    UNKNOWN_MAJOR_VERSION,
    MISSING_BODY,
    OUT_OF_RANGE
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
