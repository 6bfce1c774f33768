package io.covey.models.graph;

import java.util.Objects;

/**
 * A model, or a call to one, that is refused. The message says what was wrong, where, and what to
 * do; {@link #reason()} is for programs.
 */
public final class ModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why it was refused. */
  public enum Reason {
    /** The file is not a TensorFlow Lite model, or is cut off, altered or inconsistent. */
    DAMAGED,
    /** The file or a tensor is larger than the runtime's {@link ModelLimits} allow. */
    TOO_LARGE,
    /** The model needs TensorFlow's Flex delegate. */
    NEEDS_FLEX,
    /** The model has an operator that this runtime does not run. */
    UNSUPPORTED_OPERATOR,
    /** The file has something that came after the version of the file format that Covey knows. */
    UNSUPPORTED_FORMAT,
    /** A tensor at the model's edge has a type that this runtime does not hand over. */
    UNSUPPORTED_TYPE,
    /** The model's signatures follow no convention that training or serving knows. */
    UNSUPPORTED_CONVENTION,
    /** The model has no signature, or the signature no tensor, of that name. */
    UNKNOWN_SIGNATURE,
    /** A tensor's shape or an array's length does not fit. */
    WRONG_SHAPE,
    /** A tensor's element type does not fit. */
    WRONG_TYPE,
    /** The model's variables hold nothing yet: it has no initialiser and nothing was restored. */
    NOT_INITIALISED,
    /** The native runtime failed while it ran the model. */
    EXECUTION_FAILED,
    /** Two threads used one session at the same time. */
    CONCURRENT_USE,
    /** The model or session was closed before. */
    CLOSED,
    /** The native library could not be loaded on this machine. */
    NATIVE_LIBRARY_MISSING
  }

  private final Reason reason;

  /** A refusal for {@code reason}, told in {@code message}. */
  public ModelException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** A refusal for {@code reason}, told in {@code message}, that {@code cause} led to. */
  public ModelException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** Why it was refused. */
  public Reason reason() {
    return reason;
  }
}
