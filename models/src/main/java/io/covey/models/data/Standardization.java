package io.covey.models.data;

/**
 * The arithmetic of {@link Preprocessing}, in floats, as NumPy does it with float32.
 *
 * <p>Thread rule: immutable.
 */
final class Standardization {

  private final float scale;
  private final float[] mean;
  private final float[] deviation;

  /**
   * Takes one mean and one deviation for each channel; the arrays belong to it from now on.
   *
   * @param scale factor on every value, before the mean is taken off
   */
  Standardization(float scale, float[] mean, float[] deviation) {
    this.scale = scale;
    this.mean = mean;
    this.deviation = deviation;
  }

  /** Changes {@code values} in place: whole pixels, the channel being the fastest index. */
  void apply(float[] values) {
    int channels = mean.length;
    for (int pixel = 0; pixel < values.length; pixel += channels) {
      for (int channel = 0; channel < channels; channel++) {
        float scaled = values[pixel + channel] * scale;
        values[pixel + channel] = (scaled - mean[channel]) / deviation[channel];
      }
    }
  }
}
