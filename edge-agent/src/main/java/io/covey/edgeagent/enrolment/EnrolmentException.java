package io.covey.edgeagent.enrolment;

import java.io.IOException;

/** The issuing service gave no certificates. Says why, as far as that is known. */
public final class EnrolmentException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  private EnrolmentException(String message, boolean refused, Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** The service said no: the same again will not help. */
  static EnrolmentException refused(String title) {
    return new EnrolmentException(
        "the issuing service refused: " + title, true, new IOException(title));
  }

  /** Nothing was heard, or nothing that could be used: later it may be different. */
  static EnrolmentException unreached(String message, Throwable cause) {
    return new EnrolmentException(message, false, cause);
  }

  public boolean isRefusal() {
    return refused;
  }
}
