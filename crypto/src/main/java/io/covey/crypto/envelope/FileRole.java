package io.covey.crypto.envelope;

/** What a file of a model's version is for. The code is what is encrypted under and signed. */
public enum FileRole {
  /** A {@code .tflite} file that can be trained. */
  GRAPH(1),
  /** The values of all trainable variables. */
  WEIGHTS(2),
  /** A {@code .tflite} file that is served as it is. */
  SERVING(3),
  /** The weights that devices train from, packed. */
  PACKED_WEIGHTS(4),
  /** The same as a difference to those of the version before. */
  WEIGHTS_DIFFERENCE(5),
  /** Inputs on which a new model is tried before it serves. */
  SAMPLE_INPUTS(6),
  /** What it has to answer to them. */
  EXPECTED_OUTPUTS(7),
  /** What leads from a file that was served before to the one that is served now. */
  SERVING_DIFFERENCE(8);

  private final int code;

  FileRole(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * The role that has this code.
   *
   * @throws IllegalArgumentException if none has
   */
  public static FileRole ofCode(long code) {
    for (FileRole role : values()) {
      if (role.code == code) {
        return role;
      }
    }
    throw new IllegalArgumentException("there is no file role of code " + code);
  }
}
