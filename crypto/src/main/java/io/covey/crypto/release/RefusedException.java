package io.covey.crypto.release;

import io.covey.crypto.release.KeepServing.Reason;
import java.io.Serial;

/** Leaves a check in the middle; never leaves the package. */
final class RefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient KeepServing answer;

  RefusedException(Reason reason, String detail) {
    super(detail);
    answer = new KeepServing(reason, detail);
  }

  KeepServing answer() {
    return answer;
  }
}
