package io.covey.simulator.data;

/**
 * One handwritten digit: an image of {@value #SIDE} by {@value #SIDE} pixels and what it shows.
 * Immutable.
 */
public final class Digit {
  /** Pixels in a row and in a column. */
  public static final int SIDE = 8;

  /** Pixels of an image. */
  public static final int PIXELS = SIDE * SIDE;

  /** The darkest value of a pixel; 0 is the lightest. */
  public static final int MAXIMUM_INTENSITY = 16;

  /** How many different digits there are. */
  public static final int LABELS = 10;

  /** Factor that brings a pixel into the range 0 to 1. */
  public static final float SCALE = 1f / MAXIMUM_INTENSITY;

  private final byte[] pixels;
  private final int label;

  /**
   * @param pixels by rows, each 0 to {@value #MAXIMUM_INTENSITY}; copied
   * @param label 0 to 9
   */
  public Digit(byte[] pixels, int label) {
    if (pixels.length != PIXELS) {
      throw new IllegalArgumentException(
          "an image of " + pixels.length + " pixels, expected " + PIXELS);
    }
    for (byte pixel : pixels) {
      if (pixel < 0 || pixel > MAXIMUM_INTENSITY) {
        throw new IllegalArgumentException(
            "a pixel of " + pixel + ", expected 0 to " + MAXIMUM_INTENSITY);
      }
    }
    if (label < 0 || label >= LABELS) {
      throw new IllegalArgumentException("label " + label + ", expected 0 to " + (LABELS - 1));
    }
    this.pixels = pixels.clone();
    this.label = label;
  }

  /** The intensity of pixel {@code index}, by rows, 0 to {@value #MAXIMUM_INTENSITY}. */
  public int pixel(int index) {
    return pixels[index];
  }

  public int label() {
    return label;
  }

  /** The image as a model takes it: {@value #PIXELS} values from 0 to 1, by rows. A fresh array. */
  public float[] features() {
    float[] features = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      features[i] = pixels[i] * SCALE;
    }
    return features;
  }
}
