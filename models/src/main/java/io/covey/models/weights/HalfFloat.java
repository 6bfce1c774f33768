package io.covey.models.weights;

/** IEEE 754 binary16 in the low 16 bits of an int. */
final class HalfFloat {
  /** The largest finite value. */
  static final float LARGEST = 65504f;

  private static final int EXPONENT_BIAS_DIFFERENCE = 127 - 15;
  private static final int DROPPED_BITS = 13;

  /** The smallest float32 that is a normal half: 2^-14. */
  private static final int SMALLEST_NORMAL_BITS = (EXPONENT_BIAS_DIFFERENCE + 1) << 23;

  /** Adding 0.5 puts the last bit of a subnormal half, 2^-24, into the last bit of a float32. */
  private static final float SUBNORMAL_MAGIC = 0.5f;

  private HalfFloat() {}

  /** The nearest half, ties to even; what lies beyond {@link #LARGEST} becomes that. */
  static int fromFloat(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 16) & 0x8000;
    float magnitude = Math.min(Math.abs(value), LARGEST);
    int bits = Float.floatToRawIntBits(magnitude);
    if (bits < SMALLEST_NORMAL_BITS) {
      int shifted = Float.floatToRawIntBits(magnitude + SUBNORMAL_MAGIC);
      return sign | (shifted - Float.floatToRawIntBits(SUBNORMAL_MAGIC));
    }
    int isOdd = (bits >>> DROPPED_BITS) & 1;
    // Half of the dropped range, less one where the kept part is even, so that ties go there. No
    // overflow into infinity: the largest magnitude has no dropped bits set.
    int rounded = bits + (1 << (DROPPED_BITS - 1)) - 1 + isOdd;
    return sign | ((rounded - (EXPONENT_BIAS_DIFFERENCE << 23)) >>> DROPPED_BITS);
  }

  /** The value of a half; infinite and NaN ones come out as such. */
  static float toFloat(int half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >>> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      return Math.copySign(fraction * 0x1p-24f, Float.intBitsToFloat(sign));
    }
    int wide = exponent == 0x1f ? 0xff : exponent + EXPONENT_BIAS_DIFFERENCE;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << DROPPED_BITS));
  }
}
