package io.covey.coordinator.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A model's parameter vector as a file: little-endian float32, nothing else. */
final class Weights {
  private Weights() {}

  /**
   * @throws IllegalArgumentException when the file does not hold {@code count} finite values
   */
  static float[] parse(byte[] file, int count) {
    if (file.length != (long) count * Float.BYTES) {
      throw new IllegalArgumentException(
          "weights of "
              + file.length
              + " bytes, expected "
              + (long) count * Float.BYTES
              + " for "
              + count
              + " float32 parameters");
    }
    float[] weights = parse(file);
    int bad = firstNonFinite(weights);
    if (bad >= 0) {
      throw new IllegalArgumentException("parameter " + bad + " of the weights is not finite");
    }
    return weights;
  }

  static float[] parse(byte[] file) {
    float[] weights = new float[file.length / Float.BYTES];
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(weights);
    return weights;
  }

  static byte[] format(float[] weights) {
    byte[] file = new byte[Math.multiplyExact(weights.length, Float.BYTES)];
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(weights);
    return file;
  }

  /** The index of the first value that is infinite or no number; -1 when there is none. */
  static int firstNonFinite(float[] weights) {
    for (int i = 0; i < weights.length; i++) {
      if (!Float.isFinite(weights[i])) {
        return i;
      }
    }
    return -1;
  }
}
