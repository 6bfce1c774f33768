package io.covey.models.weights;

/** How a weight is written. */
public enum WeightForm {
  /** The value itself. */
  FLOAT32(1, Float.BYTES),
  /** IEEE 754 binary16: 11 bits of precision, up to 65504. */
  FLOAT16(2, Short.BYTES),
  /** A whole number from -127 to 127 times the scale of its tensor. */
  INT8(3, Byte.BYTES);

  private final int number;
  private final int codeBytes;

  WeightForm(int number, int codeBytes) {
    this.number = number;
    this.codeBytes = codeBytes;
  }

  /** Its number in files; never used for another. */
  int number() {
    return number;
  }

  /** Bytes that a code takes before it is compressed. */
  public int codeBytes() {
    return codeBytes;
  }
}
