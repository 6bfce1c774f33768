package io.covey.models.data;

import io.covey.models.data.DataException.Reason;
import java.util.List;

/** The size of an image in pixels, and its channels. */
record ImageSize(int height, int width, int channels) {

  /**
   * The size that a shape stands for.
   *
   * @throws DataException when it has not two or three dimensions, or one of them is 0
   */
  static ImageSize of(ArrayShape row, Preprocessing.Layout layout) {
    List<Integer> dimensions = row.dimensions();
    if (dimensions.size() < 2 || dimensions.size() > 3 || row.elements() == 0) {
      throw new DataException(
          Reason.WRONG_SHAPE,
          "shape %s is no image; expected height, width and channels".formatted(row));
    }
    if (dimensions.size() == 2) {
      return new ImageSize(dimensions.get(0), dimensions.get(1), 1);
    }
    return switch (layout) {
      case CHANNELS_LAST -> new ImageSize(dimensions.get(0), dimensions.get(1), dimensions.get(2));
      case CHANNELS_FIRST -> new ImageSize(dimensions.get(1), dimensions.get(2), dimensions.get(0));
    };
  }

  int elements() {
    return height * width * channels;
  }

  boolean isAsLargeAs(ImageSize other) {
    return height == other.height && width == other.width;
  }
}
