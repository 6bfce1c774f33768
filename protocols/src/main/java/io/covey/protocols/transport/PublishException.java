package io.covey.protocols.transport;

/** A message that did not reach the broker, and why. */
public final class PublishException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why a publication failed. */
  public enum Reason {
    OUTBOX_FULL,
    TOO_LARGE,
    REFUSED_BY_BROKER,
    NOT_CONNECTED,
    CLOSED
  }

  private final Reason reason;

  public PublishException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
