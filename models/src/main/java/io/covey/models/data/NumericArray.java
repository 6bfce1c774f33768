package io.covey.models.data;

/** An array of numbers as a file holds it, in row-major order. */
public sealed interface NumericArray permits FloatArray, IntArray {

  /** Its dimensions. */
  ArrayShape shape();

  /** The same values as floats; whole numbers beyond 2^24 are rounded to the nearest float. */
  FloatArray toFloatArray();
}
