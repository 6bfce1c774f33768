package io.covey.models.training.gradient;

/**
 * A use of an operator that cannot be differentiated. Never leaves the models module: the
 * differentiator adds the place and what to freeze, and refuses the model.
 */
public final class UnsupportedGradientException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int position;

  UnsupportedGradientException(int position, String why) {
    super(why);
    this.position = position;
  }

  UnsupportedGradientException(int position, String why, Throwable cause) {
    super(why, cause);
    this.position = position;
  }

  /** The operator's position in the forward pass. */
  public int position() {
    return position;
  }
}
