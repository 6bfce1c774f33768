package io.covey.coordinator.training;

/** An operation that was refused because of what was asked. */
public final class OperationException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of mistake it was. */
  public enum Kind {
    NOT_FOUND,
    CONFLICT,
    INVALID,
    /** The model's privacy budget does not allow it. */
    BUDGET_EXHAUSTED
  }

  private final Kind kind;

  public OperationException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
