package io.covey.crypto.privacy;

/** A sum that cannot come from participants that followed the plan, or that holds nothing. */
public final class UnusableAggregateException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is wrong with it. */
  public enum Reason {
    /** The weights add up to zero: there is no mean. */
    NO_WEIGHT,
    /** A lane, or the weight, holds more than so many participants can reach together. */
    OUT_OF_RANGE
  }

  private final Reason reason;

  public UnusableAggregateException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
