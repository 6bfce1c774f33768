package io.covey.crypto.identity;

import java.io.IOException;

/** Not a document of the expected kind. Says why, and nothing of what is in it. */
public final class MalformedDocumentException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Without a cause, which could quote the document.
   *
   * @param problem follows what it is about, without a final stop: "is damaged; ..."
   */
  public MalformedDocumentException(String problem) {
    super(problem);
  }
}
