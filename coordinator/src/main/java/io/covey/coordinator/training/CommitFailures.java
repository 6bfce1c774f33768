package io.covey.coordinator.training;

import io.covey.coordinator.round.FailureReason;
import java.util.concurrent.CompletionException;

/** What a failure while a version was made means for the round. */
final class CommitFailures {

  /** The new weights are not finite. */
  static final class NonFiniteWeightsException extends Exception {
    private static final long serialVersionUID = 1L;

    NonFiniteWeightsException(int entry) {
      super("entry " + entry + " of the new weights is not finite");
    }
  }

  private CommitFailures() {}

  static FailureReason reasonOf(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof NonFiniteWeightsException
        ? FailureReason.UNUSABLE_AGGREGATE
        : FailureReason.COMMIT_FAILED;
  }
}
