package io.covey.models.training.channelfirst;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.gradient.WindowGeometry;
import java.util.List;

/**
 * Gathers what each element of a filter meets: {@code [channels, n, h, w]} becomes {@code
 * [kh*kw*channels, n*oh*ow]}, a row for each element of the filter in the order of its own layout.
 */
final class Columns {

  private final Emitter emit;
  private final WindowGeometry geometry;
  private final int channels;

  Columns(Emitter emit, WindowGeometry geometry, int channels) {
    this.emit = emit;
    this.geometry = geometry;
    this.channels = channels;
  }

  /** Gathers them from the image at {@code image}. */
  int of(int image) {
    Extent window = geometry.window();
    Extent stride = geometry.stride();
    int phases = phases(framed(image));
    int[] rows = new int[window.height() * window.width()];
    for (int i = 0; i < rows.length; i++) {
      int row = i / window.width() * geometry.dilation().height();
      int column = i % window.width() * geometry.dilation().width();
      int phase = row % stride.height() * stride.width() + column % stride.width();
      rows[i] =
          emit.slice(
              phases,
              new int[] {phase * channels, 0, row / stride.height(), column / stride.width()},
              new int[] {
                channels, -1, geometry.positions().height(), geometry.positions().width()
              });
    }
    return emit.reshape(
        emit.concatenate(0, rows), List.of(rows.length * channels, GraphTensor.ANY));
  }

  /** The image with its zeros around, up to a multiple of the stride. */
  private int framed(int image) {
    Extent touched = geometry.touched();
    int height = roundedUp(touched.height(), geometry.stride().height());
    int width = roundedUp(touched.width(), geometry.stride().width());
    int keptHeight = Math.min(geometry.image().height(), height - geometry.top());
    int keptWidth = Math.min(geometry.image().width(), width - geometry.left());
    int kept = emit.slice(image, new int[4], new int[] {-1, -1, keptHeight, keptWidth});
    return emit.pad(
        kept,
        new int[] {0, 0, geometry.top(), geometry.left()},
        new int[] {
          0, 0, height - geometry.top() - keptHeight, width - geometry.left() - keptWidth
        });
  }

  private static int roundedUp(int size, int multiple) {
    return (size + multiple - 1) / multiple * multiple;
  }

  /**
   * With a stride, elements that far apart side by side, since XNNPACK takes neighbours only:
   * {@code [sh*sw*channels, n, h/sh, w/sw]}.
   */
  private int phases(int image) {
    Extent stride = geometry.stride();
    if (stride.isOne()) {
      return image;
    }
    List<Integer> shape = emit.shape(image);
    int height = shape.get(2) / stride.height();
    int width = shape.get(3) / stride.width();
    int split =
        emit.reshape(
            image, List.of(GraphTensor.ANY, height, stride.height(), width, stride.width()));
    int apart = emit.transpose(split, 2, 4, 0, 1, 3);
    return emit.reshape(
        apart,
        List.of(stride.height() * stride.width() * channels, GraphTensor.ANY, height, width));
  }
}
