package io.covey.coordinator.round;

/** Why a member of a cohort is not in the sum, or did not help to open it. */
public enum DropReason {
  /** Nothing arrived by the deadline. */
  DEADLINE,
  /** The agent went offline before it had reported. */
  LOST,
  DECLINED_BUSY,
  DECLINED_NO_EXAMPLES,
  DECLINED_MODEL_UNAVAILABLE,
  DECLINED_PLAN_REFUSED,
  DECLINED_TRAINING_FAILED,
  /** Its certificate was not issued to it by the fleet's authority. */
  CERTIFICATE_REFUSED,
  SIGNATURE_INVALID,
  /** A message of another session, roster or survivor set. */
  WRONG_CONTEXT,
  /** Two different messages where there can be only one. */
  CONFLICTING_DUPLICATE,
  /** A key that another participant has advertised. */
  KEY_REUSED,
  /** A key that contributes nothing to a common secret. */
  KEY_INVALID,
  /** Sealed shares for others than its neighbours, or not for all of them. */
  WRONG_BOXES,
  /** Too few of its neighbours shared keys. */
  TOO_FEW_NEIGHBOURS,
  /** Another number of words than the plan says. */
  WRONG_SHAPE,
  /** Its chunks are not what its receipt says. */
  DIGEST_MISMATCH,
  /** The shares that came from it are not those that it signed for. */
  SHARES_ALTERED,
  /** It kept others waiting and sent nothing. */
  UPLOAD_STALLED,
  /** Shares of others than its neighbours, or of the secret that must stay closed. */
  WRONG_SHARES,
  /** A share that does not belong to the secret that the others belong to. */
  BAD_SHARE,
  /** Its secret did not open: it shared another than it committed to, or too many lied about it. */
  SECRET_UNOPENED;

  /** The round's word for what a session's phases found. */
  static DropReason of(io.covey.crypto.secagg.server.DropReason reason) {
    return switch (reason) {
      case SILENT -> DEADLINE;
      case LOST -> LOST;
      case SIGNATURE_INVALID -> SIGNATURE_INVALID;
      case WRONG_CONTEXT -> WRONG_CONTEXT;
      case CONFLICTING_MESSAGE -> CONFLICTING_DUPLICATE;
      case KEY_REUSED -> KEY_REUSED;
      case KEY_INVALID -> KEY_INVALID;
      case WRONG_BOXES -> WRONG_BOXES;
      case TOO_FEW_NEIGHBOURS -> TOO_FEW_NEIGHBOURS;
      case WRONG_LENGTH -> WRONG_SHAPE;
      case WRONG_DIGEST -> DIGEST_MISMATCH;
      case SHARES_ALTERED -> SHARES_ALTERED;
      case WRONG_SHARES -> WRONG_SHARES;
      case BAD_SHARE -> BAD_SHARE;
      case SECRET_UNOPENED -> SECRET_UNOPENED;
    };
  }
}
