package io.covey.edgeagent.training;

/** Local training came to no result. The message is for people, on both sides. */
public final class TrainingException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** A loss or a parameter left the finite numbers. */
    DIVERGED,
    /** Nobody wants the result any more. */
    CANCELLED,
    /** Examples, model and plan do not go together. */
    UNFIT
  }

  private final Reason reason;

  public TrainingException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
