package io.covey.models.training.gradient;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.DepthwiseConv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.WindowEmitter;
import java.util.List;

/**
 * A convolution of each channel for itself: {@code x[n, h, w, c]} with {@code filter[1, kh, kw,
 * c*multiplier]}, each channel giving {@code multiplier} neighbouring ones.
 */
final class DepthwiseGradient implements OperatorGradient {

  private static final int X = 0;
  private static final int FILTER = 1;
  private static final int BIAS = 2;

  @Override
  public void differentiate(GradientScope scope) {
    scope.requireKnown(X, 1);
    DepthwiseConv2D options = scope.options(DepthwiseConv2D.class);
    Emitter emit = scope.emit();
    int gradient = scope.gradientBefore(options.activation());
    if (scope.wants(BIAS)) {
      scope.give(BIAS, emit.sum(gradient, /* keepDimensions= */ false, 0, 1, 2));
    }
    List<Integer> filter = scope.inputShape(FILTER);
    WindowGeometry geometry =
        WindowGeometry.of(
            scope.inputShape(X),
            new Extent(filter.get(1), filter.get(2)),
            scope.outputShape(),
            new WindowGeometry.Steps(options.padding(), options.stride(), options.dilation()));
    if (scope.wants(X)) {
      scope.give(X, byImage(scope, gradient, geometry));
    }
    if (scope.wants(FILTER)) {
      scope.give(FILTER, byFilter(scope, gradient, geometry));
    }
  }

  /** The full correlation of the spread gradient with the filter turned by 180 degrees. */
  private static int byImage(GradientScope scope, int gradient, WindowGeometry geometry) {
    Emitter emit = scope.emit();
    WindowEmitter windows = scope.windows();
    Extent reach = geometry.reach();
    int framed =
        windows.frame(
            windows.spread(gradient, geometry.stride()),
            reach.height() - geometry.top(),
            reach.width() - geometry.left(),
            geometry.image().height() + reach.height(),
            geometry.image().width() + reach.width());
    int turned = emit.reverse(scope.input(FILTER), 1, 2);
    int each = windows.depthwise(framed, turned, Extent.ONE, geometry.dilation());
    List<Integer> image = scope.inputShape(X);
    int channels = image.get(3);
    int multiplier = emit.shape(gradient).get(3) / channels;
    if (multiplier == 1) {
      return each;
    }
    int grouped =
        emit.reshape(
            each, List.of(GraphTensor.ANY, image.get(1), image.get(2), channels, multiplier));
    return emit.sum(grouped, /* keepDimensions= */ false, 4);
  }

  /** For each element of the filter: what it met, times the gradient there, summed. */
  private static int byFilter(GradientScope scope, int gradient, WindowGeometry geometry) {
    Emitter emit = scope.emit();
    Extent touched = geometry.touched();
    int framed =
        scope
            .windows()
            .frame(
                scope.input(X), geometry.top(), geometry.left(), touched.height(), touched.width());
    List<Integer> filter = scope.inputShape(FILTER);
    int height = geometry.window().height();
    int width = geometry.window().width();
    int[] taps = new int[height * width];
    for (int i = 0; i < taps.length; i++) {
      int met = geometry.met(emit, framed, new Extent(i / width, i % width));
      taps[i] = tap(emit, met, gradient, filter.get(3));
    }
    return emit.reshape(emit.concatenate(0, taps), filter);
  }

  private static int tap(Emitter emit, int met, int gradient, int results) {
    List<Integer> shape = emit.shape(gradient);
    int channels = emit.shape(met).get(3);
    int multiplier = results / channels;
    if (multiplier == 1) {
      int products = emit.multiply(met, gradient);
      return emit.reshape(emit.sum(products, false, 0, 1, 2), List.of(1, results));
    }
    int height = shape.get(1);
    int width = shape.get(2);
    int each = emit.reshape(met, List.of(GraphTensor.ANY, height, width, channels, 1));
    int grouped =
        emit.reshape(gradient, List.of(GraphTensor.ANY, height, width, channels, multiplier));
    int products = emit.multiply(each, grouped);
    return emit.reshape(emit.sum(products, false, 0, 1, 2), List.of(1, results));
  }
}
