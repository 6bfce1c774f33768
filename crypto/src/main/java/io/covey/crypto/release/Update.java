package io.covey.crypto.release;

/** What came of offering a document to {@link TrustedMetadata}. */
public sealed interface Update permits Update.Accepted, KeepServing {

  /**
   * The document is trusted now, or was already.
   *
   * @param next to be stored before anything is done because of it
   */
  record Accepted(TrustedMetadata next) implements Update {}
}
