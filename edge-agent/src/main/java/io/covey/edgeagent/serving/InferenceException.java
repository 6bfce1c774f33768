package io.covey.edgeagent.serving;

/** A request that gets no answer. The message is for whoever asked. */
public final class InferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, and the HTTP status that says so. */
  public enum Reason {
    INVALID_REQUEST(400),
    UNKNOWN_MODEL(404),
    UNKNOWN_PATH(404),
    WRONG_METHOD(405),
    REQUEST_TIMEOUT(408),
    TOO_LARGE(413),
    WRONG_CONTENT_TYPE(415),
    MISDIRECTED(421),
    FAILED(500),
    OVERLOADED(503);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  private final Reason reason;

  public InferenceException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public InferenceException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
