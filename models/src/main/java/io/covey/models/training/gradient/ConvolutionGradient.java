package io.covey.models.training.gradient;

import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.WindowEmitter;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution of {@code x[n, h, w, in]} with {@code filter[out, kh, kw, in/groups]}.
 *
 * <p>Groups are convolutions of their own, side by side along the channels.
 */
final class ConvolutionGradient implements OperatorGradient {

  private static final int X = 0;
  private static final int FILTER = 1;
  private static final int BIAS = 2;
  private static final int CHANNELS = 3;

  @Override
  public void differentiate(GradientScope scope) {
    scope.requireKnown(X, 1);
    Conv2D options = scope.options(Conv2D.class);
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
    int groups = scope.inputShape(X).get(CHANNELS) / filter.get(CHANNELS);
    List<Integer> byX = new ArrayList<>();
    List<Integer> byFilter = new ArrayList<>();
    for (int group = 0; group < groups; group++) {
      Group part = group(scope, gradient, group, groups);
      if (scope.wants(X)) {
        byX.add(ConvolutionInputs.gradient(scope, part, geometry, options));
      }
      if (scope.wants(FILTER)) {
        byFilter.add(FilterGradient.of(scope, part.x(), part.gradient(), geometry));
      }
    }
    if (scope.wants(X)) {
      scope.give(X, emit.concatenate(CHANNELS, byX.stream().mapToInt(i -> i).toArray()));
    }
    if (scope.wants(FILTER)) {
      scope.give(FILTER, emit.concatenate(0, byFilter.stream().mapToInt(i -> i).toArray()));
    }
  }

  /** The channels of one group: of what went in, of the filter, and of the gradient. */
  record Group(int x, int filter, int gradient) {}

  private static Group group(GradientScope scope, int gradient, int group, int groups) {
    if (groups == 1) {
      return new Group(scope.input(X), scope.input(FILTER), gradient);
    }
    Emitter emit = scope.emit();
    int inputs = scope.inputShape(X).get(CHANNELS) / groups;
    int outputs = scope.inputShape(FILTER).get(0) / groups;
    return new Group(
        channels(emit, scope.input(X), group * inputs, inputs),
        emit.slice(
            scope.input(FILTER),
            new int[] {group * outputs, 0, 0, 0},
            new int[] {outputs, -1, -1, -1}),
        channels(emit, gradient, group * outputs, outputs));
  }

  private static int channels(Emitter emit, int image, int from, int count) {
    return emit.slice(image, new int[] {0, 0, 0, from}, new int[] {-1, -1, -1, count});
  }

  /** For the image: a transposed convolution. */
  private static final class ConvolutionInputs {

    private ConvolutionInputs() {}

    static int gradient(GradientScope scope, Group part, WindowGeometry geometry, Conv2D options) {
      Emitter emit = scope.emit();
      List<Integer> filter = emit.shape(part.filter());
      boolean isPointwise = geometry.window().isOne() && geometry.stride().isOne();
      if (isPointwise) {
        int matrix = emit.reshape(part.filter(), List.of(filter.get(0), filter.get(CHANNELS)));
        return emit.matrixProduct(part.gradient(), false, matrix, false);
      }
      if (geometry.dilation().isOne()) {
        int turned = emit.transpose(part.filter(), 3, 1, 2, 0);
        return scope
            .windows()
            .transposedConvolution(
                part.x(), turned, part.gradient(), options.padding(), options.stride());
      }
      return dilated(scope, part, geometry);
    }

    /** The full correlation of the spread gradient with the filter turned by 180 degrees. */
    private static int dilated(GradientScope scope, Group part, WindowGeometry geometry) {
      Emitter emit = scope.emit();
      WindowEmitter windows = scope.windows();
      Extent reach = geometry.reach();
      int framed =
          windows.frame(
              windows.spread(part.gradient(), geometry.stride()),
              reach.height() - geometry.top(),
              reach.width() - geometry.left(),
              geometry.image().height() + reach.height(),
              geometry.image().width() + reach.width());
      int turned = emit.transpose(emit.reverse(part.filter(), 1, 2), 3, 1, 2, 0);
      return windows.convolution(framed, turned, Extent.ONE, geometry.dilation());
    }
  }
}
