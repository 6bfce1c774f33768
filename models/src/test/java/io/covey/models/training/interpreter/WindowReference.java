package io.covey.models.training.interpreter;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.graph.OperatorOptions.DepthwiseConv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.Pool2D;
import io.covey.models.graph.OperatorOptions.ResizeBilinear;
import io.covey.models.graph.OperatorOptions.ResizeNearest;
import io.covey.models.graph.OperatorOptions.TransposeConv;
import io.covey.models.graph.Padding;

/** What slides windows over images {@code [n, h, w, c]}, and what resizes them. */
final class WindowReference {

  private WindowReference() {}

  /** A window along one dimension: which element of the image one of its own elements meets. */
  private record Slide(int count, int before, int stride, int dilation) {

    static Slide of(int size, int window, int stride, int dilation, Padding padding) {
      int reach = (window - 1) * dilation + 1;
      if (padding == Padding.VALID) {
        return new Slide((size - reach) / stride + 1, 0, stride, dilation);
      }
      int count = (size + stride - 1) / stride;
      int zeros = Math.max(0, (count - 1) * stride + reach - size);
      return new Slide(count, zeros / 2, stride, dilation);
    }

    int met(int position, int element) {
      return position * stride + element * dilation - before;
    }
  }

  private record Slides(Slide down, Slide right) {

    static Slides of(Array64 image, Extent window, Padding padding, Extent... steps) {
      Extent stride = steps[0];
      Extent dilation = steps[1];
      return new Slides(
          Slide.of(image.size(1), window.height(), stride.height(), dilation.height(), padding),
          Slide.of(image.size(2), window.width(), stride.width(), dilation.width(), padding));
    }

    int[] shape(Array64 image, int channels) {
      return new int[] {image.size(0), down.count(), right.count(), channels};
    }
  }

  static Array64 convolution(Call call) {
    Conv2D options = call.options(Conv2D.class);
    Array64 x = call.input(0);
    Array64 filter = call.input(1);
    Extent window = new Extent(filter.size(1), filter.size(2));
    Slides slides = Slides.of(x, window, options.padding(), options.stride(), options.dilation());
    int inputs = filter.size(3);
    int perGroup = filter.size(0) / (x.size(3) / inputs);
    Array64 result =
        Array64.generate(
            slides.shape(x, filter.size(0)),
            i -> {
              double sum = call.has(2) ? call.input(2).at(i[3]) : 0;
              int first = i[3] / perGroup * inputs;
              for (int tap = 0; tap < window.height() * window.width() * inputs; tap++) {
                int row = tap / inputs / window.width();
                int column = tap / inputs % window.width();
                int channel = tap % inputs;
                sum +=
                    filter.at(i[3], row, column, channel)
                        * x.orZero(
                            i[0],
                            slides.down().met(i[1], row),
                            slides.right().met(i[2], column),
                            first + channel);
              }
              return sum;
            });
    return ElementwiseReference.activated(result, options.activation());
  }

  static Array64 depthwise(Call call) {
    DepthwiseConv2D options = call.options(DepthwiseConv2D.class);
    Array64 x = call.input(0);
    Array64 filter = call.input(1);
    Extent window = new Extent(filter.size(1), filter.size(2));
    Slides slides = Slides.of(x, window, options.padding(), options.stride(), options.dilation());
    int multiplier = filter.size(3) / x.size(3);
    Array64 result =
        Array64.generate(
            slides.shape(x, filter.size(3)),
            i -> {
              double sum = call.input(2).at(i[3]);
              for (int tap = 0; tap < window.height() * window.width(); tap++) {
                int row = tap / window.width();
                int column = tap % window.width();
                sum +=
                    filter.at(0, row, column, i[3])
                        * x.orZero(
                            i[0],
                            slides.down().met(i[1], row),
                            slides.right().met(i[2], column),
                            i[3] / multiplier);
              }
              return sum;
            });
    return ElementwiseReference.activated(result, options.activation());
  }

  /** Each element of {@code x} adds the filter, times itself, to where its window stands. */
  static Array64 transposed(Call call) {
    TransposeConv options = call.options(TransposeConv.class);
    Array64 filter = call.input(1);
    Array64 x = call.input(2);
    Extent window = new Extent(filter.size(1), filter.size(2));
    int[] shape = call.ints(0);
    shape[0] = x.size(0);
    Array64 result = Array64.generate(shape, i -> call.has(3) ? call.input(3).at(i[3]) : 0);
    Slides slides = Slides.of(result, window, options.padding(), options.stride(), Extent.ONE);
    Array64.generate(
        new int[] {
          x.size(0), x.size(1), x.size(2), x.size(3), shape[3], window.height(), window.width()
        },
        i -> {
          int row = slides.down().met(i[1], i[5]);
          int column = slides.right().met(i[2], i[6]);
          if (row >= 0 && row < shape[1] && column >= 0 && column < shape[2]) {
            double product = x.at(i[0], i[1], i[2], i[3]) * filter.at(i[4], i[5], i[6], i[3]);
            result.add(product, i[0], row, column, i[4]);
          }
          return 0;
        });
    return ElementwiseReference.activated(result, options.activation());
  }

  static Array64 pool(Call call) {
    Pool2D options = call.options(Pool2D.class);
    Array64 x = call.input(0);
    Extent window = options.window();
    Slides slides = Slides.of(x, window, options.padding(), options.stride(), Extent.ONE);
    boolean isMaximum = call.operator().code() == Builtin.MAX_POOL_2D;
    Array64 result =
        Array64.generate(
            slides.shape(x, x.size(3)),
            i -> {
              double largest = Double.NEGATIVE_INFINITY;
              double sum = 0;
              int count = 0;
              for (int tap = 0; tap < window.height() * window.width(); tap++) {
                int row = slides.down().met(i[1], tap / window.width());
                int column = slides.right().met(i[2], tap % window.width());
                if (row >= 0 && row < x.size(1) && column >= 0 && column < x.size(2)) {
                  double value = x.at(i[0], row, column, i[3]);
                  largest = Math.max(largest, value);
                  sum += value;
                  count++;
                }
              }
              return isMaximum ? largest : sum / count;
            });
    return ElementwiseReference.activated(result, options.activation());
  }

  /** How new pixels are read off the old ones. */
  private record Sampling(boolean alignCorners, boolean halfPixelCenters) {

    double scale(int from, int to) {
      return alignCorners && to > 1 ? (from - 1.0) / (to - 1) : (double) from / to;
    }

    double position(int pixel, int from, int to) {
      double shift = halfPixelCenters ? 0.5 : 0;
      return (pixel + shift) * scale(from, to) - shift;
    }

    int nearest(int pixel, int from, int to) {
      double position = (pixel + (halfPixelCenters ? 0.5 : 0)) * scale(from, to);
      double chosen = alignCorners ? Math.floor(position + 0.5) : Math.floor(position);
      return (int) Math.max(0, Math.min(from - 1, chosen));
    }
  }

  static Array64 resized(Call call) {
    Array64 x = call.input(0);
    int[] size = call.ints(1);
    int[] shape = {x.size(0), size[0], size[1], x.size(3)};
    if (call.operator().code() == Builtin.RESIZE_NEAREST_NEIGHBOR) {
      ResizeNearest options = call.options(ResizeNearest.class);
      Sampling sampling = new Sampling(options.alignCorners(), options.halfPixelCenters());
      return Array64.generate(
          shape,
          i ->
              x.at(
                  i[0],
                  sampling.nearest(i[1], x.size(1), size[0]),
                  sampling.nearest(i[2], x.size(2), size[1]),
                  i[3]));
    }
    ResizeBilinear options = call.options(ResizeBilinear.class);
    Sampling sampling = new Sampling(options.alignCorners(), options.halfPixelCenters());
    return Array64.generate(
        shape,
        i ->
            between(
                x,
                i,
                sampling.position(i[1], x.size(1), size[0]),
                sampling.position(i[2], x.size(2), size[1])));
  }

  private static double between(Array64 x, int[] i, double row, double column) {
    double sum = 0;
    int top = (int) Math.floor(row);
    int left = (int) Math.floor(column);
    for (int corner = 0; corner < 4; corner++) {
      int down = top + corner / 2;
      int right = left + corner % 2;
      double weight = (1 - Math.abs(row - down)) * (1 - Math.abs(column - right));
      sum += weight * x.at(i[0], within(down, x.size(1)), within(right, x.size(2)), i[3]);
    }
    return sum;
  }

  private static int within(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }
}
