package io.covey.crypto.secagg.server;

/** Why no sum opens. */
public enum FailureReason {
  /** Fewer participants than the smallest cohort advertised or shared keys. */
  COHORT_TOO_SMALL,
  TOO_FEW_SURVIVORS,
  /** Somebody has fewer than t neighbours whose updates are in the sum. */
  TOO_FEW_SURVIVING_NEIGHBOURS,
  /** Somebody has fewer than t neighbours that can answer. */
  TOO_FEW_CONFIRMATIONS,
  /** Too few right shares of some secret. */
  SECRET_NOT_OPENED,
  CANCELLED
}
