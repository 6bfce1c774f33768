package io.covey.crypto.secagg;

/** A cohort too small, or assumptions too pessimistic, for any safe and reachable threshold. */
public final class InfeasibleSecAggException extends Exception {
  private static final long serialVersionUID = 1L;

  InfeasibleSecAggException(String message) {
    super(message);
  }
}
