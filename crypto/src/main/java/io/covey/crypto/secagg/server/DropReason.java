package io.covey.crypto.secagg.server;

/** Why a participant is waited for no longer. */
public enum DropReason {
  /** Nothing arrived by the step's deadline. */
  SILENT,
  /** The shell says that it is gone. */
  LOST,
  SIGNATURE_INVALID,
  /** The message is of another session, roster or survivor set. */
  WRONG_CONTEXT,
  /** Two different messages where there can be only one. */
  CONFLICTING_MESSAGE,
  /** A key that another participant has advertised. */
  KEY_REUSED,
  /** A key that contributes nothing to a common secret; its neighbours would have to leave. */
  KEY_INVALID,
  /** Boxes for others than its neighbours, not for all of them, or of another size. */
  WRONG_BOXES,
  /** Fewer than t of its neighbours shared keys. */
  TOO_FEW_NEIGHBOURS,
  /** A masked vector of another length. */
  WRONG_LENGTH,
  /** Its chunks are not those that it signed for. */
  WRONG_DIGEST,
  /** The shares that came from it are not those that it signed for. */
  SHARES_ALTERED,
  /** Shares of others than its neighbours, or of the secret that must stay closed. */
  WRONG_SHARES,
  /** A share that does not lie on the polynomial of the others. */
  BAD_SHARE,
  /**
   * Its secret does not open: it shared another than it committed to, or too many neighbours lie
   * about it.
   */
  SECRET_UNOPENED
}
