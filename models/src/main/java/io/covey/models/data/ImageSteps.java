package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import io.covey.models.data.Preprocessing.ChannelOrder;
import io.covey.models.data.Preprocessing.Layout;
import io.covey.models.data.Preprocessing.Resizing;
import org.jspecify.annotations.Nullable;

/**
 * Brings one image into a model's layout, order of channels and size.
 *
 * @param from size of the data's images
 * @param layout of the data's images
 * @param reversed whether the channels change their order
 * @param resize to the model's size, or null when it is the same
 */
record ImageSteps(ImageSize from, Layout layout, boolean reversed, @Nullable ImageResize resize) {

  /**
   * The steps from images of {@code dataRow} to those of {@code modelRow}, channels last.
   *
   * @throws DataException when {@code preprocessing} has no way from the one to the other
   */
  static ImageSteps between(Preprocessing preprocessing, ArrayShape dataRow, ArrayShape modelRow) {
    ImageSize to = ImageSize.of(modelRow, Layout.CHANNELS_LAST);
    boolean flat = dataRow.rank() == 1 && dataRow.elements() == to.elements();
    ImageSize from = flat ? to : ImageSize.of(dataRow, preprocessing.layout());
    if (from.channels() != to.channels()) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "images of shape %s have %d channels, but the model takes %d; is the layout right?"
              .formatted(dataRow, from.channels(), to.channels()));
    }
    Resizing resizing = preprocessing.resizing();
    if (!from.isAsLargeAs(to) && resizing == Resizing.NONE) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "images of shape %s are not of the model's size, %s; choose a way of resizing"
              .formatted(dataRow, modelRow));
    }
    return new ImageSteps(
        from,
        preprocessing.layout(),
        preprocessing.channelOrder() == ChannelOrder.REVERSED,
        from.isAsLargeAs(to) ? null : new ImageResize(from, to, resizing));
  }

  /**
   * Writes the image number {@code row} of {@code images} to the same number of {@code
   * destination}.
   *
   * @param scratch at least as long as an image of the data
   */
  void apply(float[] images, int row, float[] scratch, float[] destination) {
    int offset = row * from.elements();
    if (resize == null) {
      arrange(images, offset, destination, offset);
    } else {
      arrange(images, offset, scratch, 0);
      resize.apply(scratch, destination, row);
    }
  }

  private void arrange(float[] images, int offset, float[] destination, int position) {
    int pixels = from.height() * from.width();
    int channels = from.channels();
    int pixelStride = layout == Layout.CHANNELS_LAST ? channels : 1;
    int channelStride = layout == Layout.CHANNELS_LAST ? 1 : pixels;
    for (int channel = 0; channel < channels; channel++) {
      int source = offset + channel * channelStride;
      int target = position + (reversed ? channels - 1 - channel : channel);
      for (int pixel = 0; pixel < pixels; pixel++) {
        destination[target + pixel * channels] = images[source + pixel * pixelStride];
      }
    }
  }
}
