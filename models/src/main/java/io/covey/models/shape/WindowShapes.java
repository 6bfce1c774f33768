package io.covey.models.shape;

import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.graph.OperatorOptions.DepthwiseConv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.Pool2D;
import io.covey.models.graph.OperatorOptions.TransposeConv;
import io.covey.models.graph.Padding;
import java.util.List;

/** Windows that slide over images {@code [n, h, w, c]}. */
final class WindowShapes {

  private static final int IMAGE = 4;

  /** Along one side, and how far windows reach beyond. */
  private static final int MOST_PIXELS = 1 << 20;

  private WindowShapes() {}

  /** Of CONV_2D, whose filter is {@code [out, kh, kw, in/groups]}. */
  static List<KnownTensor> convolution(ShapeScope scope) {
    Conv2D options = scope.options(Conv2D.class);
    List<Integer> image = scope.shape(0, IMAGE);
    List<Integer> filter = scope.shape(1, IMAGE);
    int groups = exactly(image.get(3), filter.get(3));
    exactly(filter.get(0), groups);
    Extent window = new Extent(filter.get(1), filter.get(2));
    Sliding sliding = new Sliding(options.padding(), options.stride(), options.dilation());
    return image(image, sliding.over(image, window), filter.get(0));
  }

  /** Of DEPTHWISE_CONV_2D, whose filter is {@code [1, kh, kw, in*multiplier]}. */
  static List<KnownTensor> depthwise(ShapeScope scope) {
    DepthwiseConv2D options = scope.options(DepthwiseConv2D.class);
    List<Integer> image = scope.shape(0, IMAGE);
    List<Integer> filter = scope.shape(1, IMAGE);
    int multiplier = exactly(filter.get(3), image.get(3));
    if (options.multiplier() != 0 && options.multiplier() != multiplier) {
      throw new IllegalArgumentException(
          "its multiplier " + options.multiplier() + " is not that of its filter, " + multiplier);
    }
    Extent window = new Extent(filter.get(1), filter.get(2));
    Sliding sliding = new Sliding(options.padding(), options.stride(), options.dilation());
    return image(image, sliding.over(image, window), filter.get(3));
  }

  static List<KnownTensor> pool(ShapeScope scope) {
    Pool2D options = scope.options(Pool2D.class);
    List<Integer> image = scope.shape(0, IMAGE);
    Sliding sliding = new Sliding(options.padding(), options.stride(), Extent.ONE);
    return image(image, sliding.over(image, options.window()), image.get(3));
  }

  /** Of TRANSPOSE_CONV, which is told the shape. */
  static List<KnownTensor> transposed(ShapeScope scope) {
    List<Integer> filter = scope.shape(1, IMAGE);
    List<Integer> image = scope.shape(2, IMAGE);
    List<Integer> shape = scope.numbers(0, IMAGE);
    TransposeConv options = scope.options(TransposeConv.class);
    Sliding sliding = new Sliding(options.padding(), options.stride(), Extent.ONE);
    // The kernel takes this on trust: the convolution that it is the adjoint of would give these.
    Extent positions = sliding.over(shape, new Extent(filter.get(1), filter.get(2)));
    if (!shape.get(0).equals(image.get(0))
        || !shape.get(3).equals(filter.get(0))
        || !filter.get(3).equals(image.get(3))
        || !positions.equals(new Extent(image.get(1), image.get(2)))) {
      throw new IllegalArgumentException(
          "images of " + image + " and filters of " + filter + " do not give " + shape);
    }
    return List.of(KnownTensor.of(shape));
  }

  static List<KnownTensor> resize(ShapeScope scope) {
    List<Integer> image = scope.shape(0, IMAGE);
    List<Integer> size = scope.numbers(1, 2);
    return image(image, new Extent(size.get(0), size.get(1)), image.get(3));
  }

  private static List<KnownTensor> image(List<Integer> image, Extent size, int channels) {
    if (size.height() < 1 || size.width() < 1) {
      throw new IllegalArgumentException(
          "an image of "
              + image
              + " would become one of "
              + size.height()
              + " by "
              + size.width()
              + " pixels");
    }
    return List.of(KnownTensor.of(List.of(image.get(0), size.height(), size.width(), channels)));
  }

  /** How often {@code b} is in {@code a}, to which it adds up. */
  private static int exactly(int a, int b) {
    if (b < 1 || a % b != 0) {
      throw new IllegalArgumentException(a + " channels are not a multiple of " + b);
    }
    return a / b;
  }

  /** How a window moves. */
  private record Sliding(Padding padding, Extent stride, Extent dilation) {

    Sliding {
      requirePositive(stride);
      requirePositive(dilation);
    }

    Extent over(List<Integer> image, Extent window) {
      requirePositive(window);
      requireNear(image.get(1), window.height(), stride.height(), dilation.height());
      requireNear(image.get(2), window.width(), stride.width(), dilation.width());
      return new Extent(
          padding.outputSize(image.get(1), window.height(), stride.height(), dilation.height()),
          padding.outputSize(image.get(2), window.width(), stride.width(), dilation.width()));
    }

    /** Kernels compute positions beyond the edges in ints, as is done here. */
    private static void requireNear(int size, int window, int stride, int dilation) {
      // No overflow: a product of two ints fits in a long.
      if (size > MOST_PIXELS || stride > MOST_PIXELS || (long) window * dilation > MOST_PIXELS) {
        throw new IllegalArgumentException(
            "windows of "
                + window
                + " by steps of "
                + stride
                + " and dilated by "
                + dilation
                + " over "
                + size
                + " pixels are beyond "
                + MOST_PIXELS);
      }
    }

    private static void requirePositive(Extent extent) {
      if (extent.height() < 1 || extent.width() < 1) {
        throw new IllegalArgumentException(extent + " is not positive");
      }
    }
  }
}
