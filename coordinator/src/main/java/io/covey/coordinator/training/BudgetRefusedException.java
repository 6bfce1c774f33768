package io.covey.coordinator.training;

import io.covey.coordinator.privacy.Refusal;
import java.util.Optional;

/** A model's privacy budget does not allow a round. */
final class BudgetRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  BudgetRefusedException(Refusal refusal) {
    // No stack trace: it is an answer, not a failure of the program.
    super(refusal.reason() + ": " + refusal.detail(), null, false, false);
  }

  /** The refusal in what a stage failed with, if it is one. */
  static Optional<String> in(Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof BudgetRefusedException)) {
      cause = cause.getCause();
    }
    return Optional.ofNullable(cause).map(Throwable::getMessage);
  }
}
