package io.covey.models.graph;

/** The function that an operator applies to its own result, in the order of the schema's codes. */
public enum Activation {
  /** Nothing. */
  NONE(0),
  /** {@code max(x, 0)}. */
  RELU(1),
  /** {@code min(max(x, -1), 1)}. */
  RELU_N1_TO_1(2),
  /** {@code min(max(x, 0), 6)}. */
  RELU6(3),
  /** The hyperbolic tangent. */
  TANH(4),
  /** The sign bit alone. */
  SIGN_BIT(5);

  private final byte code;

  Activation(int code) {
    this.code = (byte) code;
  }

  /** Its code in the file. */
  byte code() {
    return code;
  }
}
