package io.covey.models.data;

import java.util.Objects;

/**
 * Data that are refused. The message says what was wrong, where, and what to do; {@link #reason()}
 * is for programs.
 */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why they were refused. */
  public enum Reason {
    /** The file is not what its format says, is cut off, or contradicts itself. */
    DAMAGED,
    /** The file is sound, but holds something that cannot become numbers, such as objects. */
    UNSUPPORTED,
    /** The file, or what it holds, is larger than the {@link DataLimits} allow. */
    TOO_LARGE,
    /** A line of a table is longer or shorter than its header. */
    RAGGED,
    /** A cell of a table is not a number. */
    NOT_A_NUMBER,
    /** A number is infinite or NaN, or becomes infinite as a float. */
    NOT_FINITE,
    /** A whole number does not fit into 32 bits. */
    OUT_OF_RANGE,
    /** A label is not of the kind that was asked for. */
    WRONG_LABEL,
    /** A table lacks a column, or has two of the same name. */
    UNKNOWN_COLUMN,
    /** An archive lacks an array, or has two of the same name. */
    UNKNOWN_ARRAY,
    /** Shapes that do not fit each other or the model, or are none. */
    WRONG_SHAPE
  }

  private final Reason reason;

  /** A refusal for {@code reason}, told in {@code message}. */
  public DataException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** A refusal for {@code reason}, told in {@code message}, that {@code cause} led to. */
  public DataException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Why they were refused. */
  public Reason reason() {
    return reason;
  }

  /** The same refusal, with {@code place} before its message. */
  DataException in(String place) {
    return new DataException(reason, place + ": " + getMessage(), this);
  }
}
