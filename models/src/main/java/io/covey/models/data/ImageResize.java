package io.covey.models.data;

import io.covey.models.data.Preprocessing.Resizing;

/**
 * Resizes an image with channels last. A pixel has its centre at a half, so that the pixel i of n
 * shows what is at (i + 0.5) / n of the image's height or width; {@code tf.image.resize} without
 * antialiasing does the same, in the same floats.
 *
 * <p>Thread rule: immutable.
 */
final class ImageResize {

  private final ImageSize from;
  private final ImageSize to;
  private final Axis rows;
  private final Axis columns;

  ImageResize(ImageSize from, ImageSize to, Resizing resizing) {
    this.from = from;
    this.to = to;
    this.rows = new Axis(from.height(), to.height(), resizing);
    this.columns = new Axis(from.width(), to.width(), resizing);
  }

  /**
   * For each pixel along one axis the two between which it lies, and how far it is from the lower.
   */
  private static final class Axis {
    private final int[] lower;
    private final int[] upper;
    private final float[] weight;

    Axis(int from, int to, Resizing resizing) {
      lower = new int[to];
      upper = new int[to];
      weight = new float[to];
      float step = (float) from / to;
      for (int i = 0; i < to; i++) {
        float position = (i + 0.5f) * step;
        if (resizing == Resizing.NEAREST) {
          lower[i] = Math.min((int) position, from - 1);
          upper[i] = lower[i];
        } else {
          float centre = position - 0.5f;
          float floor = (float) Math.floor(centre);
          lower[i] = Math.max((int) floor, 0);
          upper[i] = Math.min((int) Math.ceil(centre), from - 1);
          weight[i] = centre - floor;
        }
      }
    }
  }

  /** Writes {@code image}, resized, to {@code destination} as its image number {@code index}. */
  void apply(float[] image, float[] destination, int index) {
    int channels = from.channels();
    int lineSize = from.width() * channels;
    int target = index * to.elements();
    for (int row = 0; row < to.height(); row++) {
      int top = rows.lower[row] * lineSize;
      int bottom = rows.upper[row] * lineSize;
      for (int column = 0; column < to.width(); column++) {
        int left = columns.lower[column] * channels;
        int right = columns.upper[column] * channels;
        for (int channel = 0; channel < channels; channel++) {
          float above =
              between(
                  image[top + left + channel],
                  image[top + right + channel],
                  columns.weight[column]);
          float below =
              between(
                  image[bottom + left + channel],
                  image[bottom + right + channel],
                  columns.weight[column]);
          destination[target++] = between(above, below, rows.weight[row]);
        }
      }
    }
  }

  private static float between(float lower, float upper, float weight) {
    return lower + (upper - lower) * weight;
  }
}
