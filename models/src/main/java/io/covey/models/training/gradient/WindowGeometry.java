package io.covey.models.training.gradient;

import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.Padding;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * Where a sliding window stands on an image: sizes in pixels.
 *
 * @param image height and width of what it slides over
 * @param window height and width of the window
 * @param positions how many positions it has, downwards and to the right
 * @param stride how far apart those are
 * @param dilation how far apart the window's own elements are
 * @param top how many rows of zeros lie above the image
 * @param left how many columns of zeros lie before it
 */
public record WindowGeometry(
    Extent image,
    Extent window,
    Extent positions,
    Extent stride,
    Extent dilation,
    int top,
    int left) {

  /** Of a window over an image {@code [n, h, w, c]}, giving {@code [n, h, w, c]}. */
  public static WindowGeometry of(
      List<Integer> image, Extent window, List<Integer> result, Steps steps) {
    Extent stride = steps.stride();
    Extent dilation = steps.dilation();
    return new WindowGeometry(
        new Extent(image.get(1), image.get(2)),
        window,
        new Extent(result.get(1), result.get(2)),
        stride,
        dilation,
        steps.padding().before(image.get(1), window.height(), stride.height(), dilation.height()),
        steps.padding().before(image.get(2), window.width(), stride.width(), dilation.width()));
  }

  /** How a window moves. */
  public record Steps(Padding padding, Extent stride, Extent dilation) {}

  /** How much of the image, with its zeros, the window touches. */
  public Extent touched() {
    return new Extent(
        (positions.height() - 1) * stride.height() + (window.height() - 1) * dilation.height() + 1,
        (positions.width() - 1) * stride.width() + (window.width() - 1) * dilation.width() + 1);
  }

  /** How far beyond its first element the window reaches. */
  public Extent reach() {
    return new Extent(
        (window.height() - 1) * dilation.height(), (window.width() - 1) * dilation.width());
  }

  /** Whether every element of the image is touched by one position at most, and none is padded. */
  boolean isTiling() {
    return window.equals(stride)
        && dilation.isOne()
        && top == 0
        && left == 0
        && touched().height() <= image.height()
        && touched().width() <= image.width();
  }

  /** The elements of the framed image that one element of the window met, at each position. */
  int met(Emitter emit, int framed, Extent element) {
    int channels = emit.shape(framed).get(3);
    int[] begin = {0, element.height() * dilation.height(), element.width() * dilation.width(), 0};
    if (stride.isOne()) {
      return emit.slice(framed, begin, new int[] {-1, positions.height(), positions.width(), -1});
    }
    return emit.stridedSlice(
        framed,
        begin,
        new int[] {1, positions.height(), positions.width(), channels},
        new int[] {1, stride.height(), stride.width(), 1});
  }
}
