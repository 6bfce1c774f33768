package io.covey.models.data;

/** IEEE 754 binary16, for which Java has no conversion before version 20. */
final class HalfPrecision {

  private static final int FRACTION_BITS = 10;
  private static final int FRACTION_MASK = (1 << FRACTION_BITS) - 1;
  private static final int EXPONENT_MASK = 0x1F;

  /** Brings fractions of 10 bits to those of a float, 23. */
  private static final int FRACTION_SHIFT = 23 - FRACTION_BITS;

  /** Difference of the exponents' biases: 127 - 15. */
  private static final int BIAS_DIFFERENCE = 112;

  /** The smallest subnormal: 2^-24. */
  private static final float SMALLEST = 0x1p-24f;

  private HalfPrecision() {}

  /** The float with the same value; every binary16 has one. */
  static float toFloat(short bits) {
    int exponent = bits >> FRACTION_BITS & EXPONENT_MASK;
    int fraction = bits & FRACTION_MASK;
    int sign = bits & 0x8000;
    if (exponent == 0) {
      return sign == 0 ? fraction * SMALLEST : -(fraction * SMALLEST);
    }
    int floatExponent = exponent == EXPONENT_MASK ? 0xFF : exponent + BIAS_DIFFERENCE;
    return Float.intBitsToFloat(sign << 16 | floatExponent << 23 | fraction << FRACTION_SHIFT);
  }
}
