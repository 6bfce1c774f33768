package io.covey.crypto.privacy;

/** A NaN or an infinity where only numbers make sense: training has diverged. */
public final class NonFiniteValueException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  public NonFiniteValueException(String message) {
    super(message);
  }
}
