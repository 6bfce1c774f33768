package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.List;
import java.util.Objects;

/**
 * What is done to data before a model sees them, in this order:
 *
 * <ol>
 *   <li>images become rows of pixels with the channels last;
 *   <li>the order of the channels is reversed, if asked for;
 *   <li>images are brought to the model's size;
 *   <li>each value x of channel c becomes {@code (x * scale - mean[c]) / standardDeviation[c]}.
 * </ol>
 *
 * The channel is the last dimension of the model's input: a colour of an image, or a column of a
 * table. Means are those of scaled values in the model's order of channels, as TorchVision's {@code
 * Normalize} after {@code ToTensor} has them.
 *
 * @param scale factor on every value, such as 1/255; not 0
 * @param mean one for each channel, one for all, or none, which is 0
 * @param standardDeviation one for each channel, one for all, or none, which is 1; each above 0
 * @param layout of the data's images
 * @param channelOrder whether red and blue change places
 * @param resizing how images of another size than the model's are brought to it
 */
public record Preprocessing(
    float scale,
    List<Float> mean,
    List<Float> standardDeviation,
    Layout layout,
    ChannelOrder channelOrder,
    Resizing resizing) {

  /** Where an image's channels are. Models take them last. */
  public enum Layout {
    /** Height, width, channels, as TensorFlow has them. */
    CHANNELS_LAST,
    /** Channels, height, width, as PyTorch has them. */
    CHANNELS_FIRST
  }

  /** In which order a model takes the channels. */
  public enum ChannelOrder {
    /** As the data have them. */
    AS_STORED,
    /** From the last to the first: RGB becomes BGR, and BGR RGB. */
    REVERSED
  }

  /** How the size of an image is changed. Pixels have their centres at halves (0.5, 1.5, ...). */
  public enum Resizing {
    /** Not at all: images of another size are refused. */
    NONE,
    /** The nearest pixel, as {@code tf.image.resize(method="nearest")}. */
    NEAREST,
    /** Between the four nearest, without antialiasing, as {@code tf.image.resize}. */
    BILINEAR
  }

  /** Changes nothing. */
  public static final Preprocessing IDENTITY =
      new Preprocessing(
          1, List.of(), List.of(), Layout.CHANNELS_LAST, ChannelOrder.AS_STORED, Resizing.NONE);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException when one of them makes no sense
   */
  public Preprocessing {
    mean = List.copyOf(mean);
    standardDeviation = List.copyOf(standardDeviation);
    Objects.requireNonNull(layout, "layout");
    Objects.requireNonNull(channelOrder, "channelOrder");
    Objects.requireNonNull(resizing, "resizing");
    if (!Float.isFinite(scale) || scale == 0) {
      throw new IllegalArgumentException("scale is " + scale + ", expected a number but zero");
    }
    for (float value : mean) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("a mean is " + value);
      }
    }
    for (float value : standardDeviation) {
      if (!(value > 0) || !Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "a standard deviation is " + value + ", expected a number above 0");
      }
    }
  }

  /**
   * The same with a factor.
   *
   * @param factor not 0
   */
  public Preprocessing withScale(float factor) {
    return new Preprocessing(factor, mean, standardDeviation, layout, channelOrder, resizing);
  }

  /**
   * What turns rows of data into rows of a model's input.
   *
   * @param dataRow dimensions of one example in the data: an image of three dimensions, or of two
   *     with one channel, or values in a row, which are taken as an image of the model's size
   * @param modelRow dimensions of one example in the model's input
   * @throws DataException when the one cannot become the other by these steps
   */
  public Preprocessor between(ArrayShape dataRow, ArrayShape modelRow) {
    int channels = modelRow.rank() == 0 ? 1 : modelRow.dimensions().get(modelRow.rank() - 1);
    boolean ofImages =
        layout != Layout.CHANNELS_LAST
            || channelOrder != ChannelOrder.AS_STORED
            || resizing != Resizing.NONE;
    ImageSteps images = ofImages ? ImageSteps.between(this, dataRow, modelRow) : null;
    if (images == null && dataRow.elements() != modelRow.elements()) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "examples have shape %s, but the model takes %s; choose a way of resizing, or other data"
              .formatted(dataRow, modelRow));
    }
    return new Preprocessor(dataRow.elements(), modelRow.elements(), images, steps(channels));
  }

  private Standardization steps(int channels) {
    return new Standardization(
        scale,
        perChannel(mean, 0, channels, "mean"),
        perChannel(standardDeviation, 1, channels, "standard deviation"));
  }

  private static float[] perChannel(
      List<Float> values, float otherwise, int channels, String name) {
    if (values.size() > 1 && values.size() != channels) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "there are %d numbers for the %s, but the model has %d channels; give one or %d"
              .formatted(values.size(), name, channels, channels));
    }
    float[] all = new float[channels];
    for (int channel = 0; channel < channels; channel++) {
      all[channel] = values.isEmpty() ? otherwise : values.get(values.size() == 1 ? 0 : channel);
    }
    return all;
  }
}
