package io.covey.models.training.gradient;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.Pool2D;
import io.covey.models.graph.Padding;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.WindowEmitter;
import java.util.List;

/** The rules of pooling over images {@code [n, h, w, c]}. */
final class PoolingGradients {

  private PoolingGradients() {}

  private static WindowGeometry geometry(GradientScope scope, Pool2D options) {
    scope.requireKnown(0, 1);
    return WindowGeometry.of(
        scope.inputShape(0),
        options.window(),
        scope.outputShape(),
        new WindowGeometry.Steps(options.padding(), options.stride(), Extent.ONE));
  }

  /**
   * The gradient goes to the largest element of each window; of several, to the first in row-major
   * order, as in TensorFlow.
   */
  static void maximum(GradientScope scope) {
    Pool2D options = scope.options(Pool2D.class);
    WindowGeometry geometry = geometry(scope, options);
    int gradient = scope.gradientBefore(options.activation());
    boolean isSquare = geometry.window().height() == geometry.window().width();
    scope.give(
        0,
        geometry.isTiling() && isSquare
            ? tiledMaximum(scope, gradient, geometry)
            : overlappingMaximum(scope, gradient, geometry));
  }

  /**
   * Element by element of the window: where it is the largest and none before it was, the gradient
   * goes to it.
   */
  private static int overlappingMaximum(
      GradientScope scope, int gradient, WindowGeometry geometry) {
    Emitter emit = scope.emit();
    WindowEmitter windows = scope.windows();
    Pool2D options = scope.options(Pool2D.class);
    int largest =
        options.activation() == Activation.NONE
            ? scope.output()
            : emit.float32(
                Builtin.MAX_POOL_2D,
                scope.outputShape(),
                new Pool2D(options.padding(), options.stride(), options.window(), Activation.NONE),
                scope.input(0));
    Extent touched = geometry.touched();
    Extent image = geometry.image();
    int framed =
        windows.frame(
            scope.input(0),
            new WindowEmitter.Frame(
                geometry.top(), geometry.left(), touched.height(), touched.width()),
            -Float.MAX_VALUE);
    int open = emit.fillLike(gradient, 1f);
    int total = -1;
    for (int row = 0; row < geometry.window().height(); row++) {
      for (int column = 0; column < geometry.window().width(); column++) {
        int met = geometry.met(emit, framed, new Extent(row, column));
        int isChosen = emit.multiply(emit.comparison(Builtin.EQUAL, met, largest), open);
        open = emit.subtract(open, isChosen);
        int share = windows.spread(emit.multiply(isChosen, gradient), geometry.stride());
        int placed =
            windows.frame(
                share,
                row - geometry.top(),
                column - geometry.left(),
                image.height(),
                image.width());
        total = total < 0 ? placed : emit.add(total, placed);
      }
    }
    return total;
  }

  /** Windows that tile the image become channels, among which ARG_MAX finds the first largest. */
  private static int tiledMaximum(GradientScope scope, int gradient, WindowGeometry geometry) {
    Emitter emit = scope.emit();
    WindowEmitter windows = scope.windows();
    int size = geometry.window().height();
    Extent touched = geometry.touched();
    int channels = scope.inputShape(0).get(3);
    int height = geometry.positions().height();
    int width = geometry.positions().width();
    int tiled = windows.frame(scope.input(0), 0, 0, touched.height(), touched.width());
    List<Integer> deep = List.of(emit.shape(tiled).get(0), height, width, size * size * channels);
    int blocks =
        emit.float32(Builtin.SPACE_TO_DEPTH, deep, new OperatorOptions.SpaceToDepth(size), tiled);
    List<Integer> split = List.of(GraphTensor.ANY, height, width, size * size, channels);
    int first =
        emit.operator(
            Builtin.ARG_MAX,
            TensorType.INT32,
            List.of(split.get(0), height, width, channels),
            new OperatorOptions.ArgMax(TensorType.INT32),
            emit.reshape(blocks, split),
            emit.intScalar(3));
    int chosen =
        emit.float32(
            Builtin.ONE_HOT,
            split,
            new OperatorOptions.OneHot(3),
            first,
            emit.intScalar(size * size),
            emit.scalar(1f),
            emit.scalar(0f));
    int spread =
        emit.multiply(
            chosen, emit.reshape(gradient, List.of(GraphTensor.ANY, height, width, 1, channels)));
    int back =
        emit.float32(
            Builtin.DEPTH_TO_SPACE,
            emit.shape(tiled),
            new OperatorOptions.DepthToSpace(size),
            emit.reshape(spread, deep));
    Extent image = geometry.image();
    return windows.frame(back, 0, 0, image.height(), image.width());
  }

  /**
   * Each element of a window gets an equal share; elements beyond the image's edge do not count.
   */
  static void average(GradientScope scope) {
    Pool2D options = scope.options(Pool2D.class);
    WindowGeometry geometry = geometry(scope, options);
    Emitter emit = scope.emit();
    WindowEmitter windows = scope.windows();
    Extent window = geometry.window();
    Extent image = geometry.image();
    int gradient = scope.gradientBefore(options.activation());
    if (geometry.isTiling()) {
      int share = emit.scale(gradient, 1f / (window.height() * window.width()));
      int spread = windows.repeat(share, window.height(), window.width());
      scope.give(0, windows.frame(spread, 0, 0, image.height(), image.width()));
      return;
    }
    int share = emit.multiply(gradient, shares(emit, geometry));
    Extent reach = geometry.reach();
    int framed =
        windows.frame(
            windows.spread(share, geometry.stride()),
            reach.height() - geometry.top(),
            reach.width() - geometry.left(),
            image.height() + reach.height(),
            image.width() + reach.width());
    // The sum over windows of the same size, as an average that is undone by the shares.
    scope.give(
        0,
        emit.float32(
            Builtin.AVERAGE_POOL_2D,
            scope.inputShape(0),
            new Pool2D(Padding.VALID, Extent.ONE, window, Activation.NONE),
            framed));
  }

  /** How large a share is, times the window's size: 1 where the window lies inside the image. */
  private static int shares(Emitter emit, WindowGeometry geometry) {
    Extent positions = geometry.positions();
    float[] shares = new float[positions.height() * positions.width()];
    for (int i = 0; i < shares.length; i++) {
      int row = i / positions.width() * geometry.stride().height() - geometry.top();
      int column = i % positions.width() * geometry.stride().width() - geometry.left();
      int inside =
          overlap(row, geometry.window().height(), geometry.image().height())
              * overlap(column, geometry.window().width(), geometry.image().width());
      shares[i] = (float) (geometry.window().height() * geometry.window().width()) / inside;
    }
    return emit.floats(List.of(1, positions.height(), positions.width(), 1), shares);
  }

  private static int overlap(int from, int length, int size) {
    return Math.min(from + length, size) - Math.max(from, 0);
  }
}
