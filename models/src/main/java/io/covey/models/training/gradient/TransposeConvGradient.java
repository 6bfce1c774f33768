package io.covey.models.training.gradient;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.TransposeConv;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * The adjoint of a convolution: {@code x[n, h, w, in]} with {@code filter[out, kh, kw, in]} gives
 * {@code y[n, H, W, out]}. So its gradient for x is that convolution, and its gradient for the
 * filter that convolution's, with image and gradient in each other's place.
 */
final class TransposeConvGradient implements OperatorGradient {

  private static final int FILTER = 1;
  private static final int X = 2;
  private static final int BIAS = 3;

  @Override
  public void differentiate(GradientScope scope) {
    scope.requireKnown(X, 1);
    TransposeConv options = scope.options(TransposeConv.class);
    Emitter emit = scope.emit();
    int gradient = scope.gradientBefore(options.activation());
    if (scope.wants(BIAS)) {
      scope.give(BIAS, emit.sum(gradient, /* keepDimensions= */ false, 0, 1, 2));
    }
    List<Integer> filter = scope.inputShape(FILTER);
    if (scope.wants(X)) {
      int channels = filter.get(3);
      scope.give(
          X,
          emit.float32(
              Builtin.CONV_2D,
              scope.inputShape(X),
              new Conv2D(options.padding(), options.stride(), Extent.ONE, Activation.NONE),
              gradient,
              emit.transpose(scope.input(FILTER), 3, 1, 2, 0),
              emit.floats(List.of(channels), new float[channels])));
    }
    if (scope.wants(FILTER)) {
      WindowGeometry geometry =
          WindowGeometry.of(
              scope.outputShape(),
              new Extent(filter.get(1), filter.get(2)),
              scope.inputShape(X),
              new WindowGeometry.Steps(options.padding(), options.stride(), Extent.ONE));
      int turned = FilterGradient.of(scope, gradient, scope.input(X), geometry);
      scope.give(FILTER, emit.transpose(turned, 3, 1, 2, 0));
    }
  }
}
