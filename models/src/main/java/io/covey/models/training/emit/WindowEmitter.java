package io.covey.models.training.emit;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.Padding;
import java.util.List;

/**
 * Writes the operators that slide windows over images {@code [batch, height, width, channels]}.
 *
 * <p>Thread rule: one thread.
 */
public final class WindowEmitter {

  private final Emitter emit;

  /** Writes through {@code emit}. */
  public WindowEmitter(Emitter emit) {
    this.emit = emit;
  }

  /**
   * A convolution without padding or activation, with a zero bias, which the kernels require.
   *
   * @param x {@code [n, h, w, c]}
   * @param filter {@code [out, kh, kw, c]}
   */
  public int convolution(int x, int filter, Extent stride, Extent dilation) {
    List<Integer> image = emit.shape(x);
    List<Integer> window = emit.shape(filter);
    int channels = window.get(0);
    int bias = emit.floats(List.of(channels), new float[channels]);
    return emit.float32(
        Builtin.CONV_2D,
        windows(image, window, stride, dilation, channels),
        new OperatorOptions.Conv2D(Padding.VALID, stride, dilation, Activation.NONE),
        x,
        filter,
        bias);
  }

  /**
   * A depthwise convolution without padding or activation, each channel giving one.
   *
   * @param x {@code [n, h, w, c]}
   * @param filter {@code [1, kh, kw, c]}
   */
  public int depthwise(int x, int filter, Extent stride, Extent dilation) {
    List<Integer> image = emit.shape(x);
    int channels = image.get(3);
    int bias = emit.floats(List.of(channels), new float[channels]);
    return emit.float32(
        Builtin.DEPTHWISE_CONV_2D,
        windows(image, emit.shape(filter), stride, dilation, channels),
        new OperatorOptions.DepthwiseConv2D(
            Padding.VALID, stride, dilation, /* multiplier= */ 1, Activation.NONE),
        x,
        filter,
        bias);
  }

  private static List<Integer> windows(
      List<Integer> image, List<Integer> window, Extent stride, Extent dilation, int channels) {
    int height =
        Padding.VALID.outputSize(image.get(1), window.get(1), stride.height(), dilation.height());
    int width =
        Padding.VALID.outputSize(image.get(2), window.get(2), stride.width(), dilation.width());
    return List.of(image.get(0), height, width, channels);
  }

  /**
   * A transposed convolution: the gradient of a convolution for its input.
   *
   * @param like a tensor of the result's shape
   * @param filter {@code [result's channels, kh, kw, y's channels]}
   * @param y {@code [n, h, w, channels]}
   */
  public int transposedConvolution(int like, int filter, int y, Padding padding, Extent stride) {
    return emit.float32(
        Builtin.TRANSPOSE_CONV,
        emit.shape(like),
        new OperatorOptions.TransposeConv(padding, stride, Activation.NONE),
        emit.shapeOf(like),
        filter,
        y);
  }

  /** Each element repeated to a block of {@code height} times {@code width}. */
  public int repeat(int x, int height, int width) {
    List<Integer> shape = emit.shape(x);
    int newHeight = shape.get(1) * height;
    int newWidth = shape.get(2) * width;
    return emit.float32(
        Builtin.RESIZE_NEAREST_NEIGHBOR,
        List.of(shape.get(0), newHeight, newWidth, shape.get(3)),
        new OperatorOptions.ResizeNearest(/* alignCorners= */ false, /* halfPixelCenters= */ false),
        x,
        emit.ints(newHeight, newWidth));
  }

  /**
   * Zeros between the elements, so that neighbours come to stand {@code stride} apart: {@code [n,
   * h, w, c]} becomes {@code [n, (h-1)*stride+1, (w-1)*stride+1, c]}.
   */
  public int spread(int x, Extent stride) {
    if (stride.isOne()) {
      return x;
    }
    List<Integer> shape = emit.shape(x);
    int batch = shape.get(0);
    int height = shape.get(1);
    int width = shape.get(2);
    int channels = shape.get(3);
    // Rows with their zeros are longer pixels, columns with their zeros longer rows.
    int pixels = emit.reshape(x, List.of(batch, height, width, channels));
    int wide = emit.pad(pixels, new int[4], new int[] {0, 0, 0, channels * (stride.width() - 1)});
    int rows = emit.reshape(wide, List.of(batch, height, width * stride.width() * channels));
    int tall =
        emit.pad(
            rows,
            new int[3],
            new int[] {0, 0, (stride.height() - 1) * width * stride.width() * channels});
    int spread =
        emit.reshape(
            tall, List.of(batch, height * stride.height(), width * stride.width(), channels));
    return emit.slice(
        spread,
        new int[4],
        new int[] {-1, (height - 1) * stride.height() + 1, (width - 1) * stride.width() + 1, -1});
  }

  /**
   * Rows and columns of zeros added, or of the image removed, on each side.
   *
   * @param top how many rows to add above; negative removes them
   * @param height the height that results
   */
  public int frame(int x, int top, int left, int height, int width) {
    return frame(x, new Frame(top, left, height, width), 0f);
  }

  /**
   * Where an image comes to lie, and in what size of a frame.
   *
   * @param top how many rows are added above; negative removes them
   * @param left how many columns are added before
   * @param height the height that results
   * @param width the width that results
   */
  public record Frame(int top, int left, int height, int width) {}

  /** As {@link #frame(int, int, int, int, int)}, with another value than zero around. */
  public int frame(int x, Frame frame, float around) {
    List<Integer> shape = emit.shape(x);
    int[] begin = {0, Math.max(0, -frame.top()), Math.max(0, -frame.left()), 0};
    int[] before = {0, Math.max(0, frame.top()), Math.max(0, frame.left()), 0};
    int keptHeight = Math.min(shape.get(1) - begin[1], frame.height() - before[1]);
    int keptWidth = Math.min(shape.get(2) - begin[2], frame.width() - before[2]);
    int kept = emit.slice(x, begin, new int[] {-1, keptHeight, keptWidth, -1});
    int[] after = {
      0, frame.height() - keptHeight - before[1], frame.width() - keptWidth - before[2], 0
    };
    return around == 0f ? emit.pad(kept, before, after) : emit.pad(kept, before, after, around);
  }
}
