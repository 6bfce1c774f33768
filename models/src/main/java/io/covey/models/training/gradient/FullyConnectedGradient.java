package io.covey.models.training.gradient;

import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.FullyConnected;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * {@code y[.., out] = x[.., in] w[out, in]^T + b[out]}, all but the last dimension being the batch.
 */
final class FullyConnectedGradient implements OperatorGradient {

  private static final int X = 0;
  private static final int WEIGHTS = 1;
  private static final int BIAS = 2;

  @Override
  public void differentiate(GradientScope scope) {
    FullyConnected options = scope.options(FullyConnected.class);
    if (options.shuffledWeights()) {
      throw scope.unsupported("its weights are shuffled");
    }
    Emitter emit = scope.emit();
    List<Integer> weights = scope.inputShape(WEIGHTS);
    int outputs = weights.get(0);
    int inputs = weights.get(1);
    int gradient =
        emit.reshape(scope.gradientBefore(options.activation()), List.of(GraphTensor.ANY, outputs));
    if (scope.wants(X)) {
      int byX = emit.matrixProduct(gradient, false, scope.input(WEIGHTS), false);
      scope.give(X, emit.reshapeLike(byX, scope.input(X)));
    }
    if (scope.wants(WEIGHTS)) {
      int x = emit.reshape(scope.input(X), List.of(GraphTensor.ANY, inputs));
      scope.give(WEIGHTS, emit.matrixProduct(emit.transpose(gradient, 1, 0), false, x, false));
    }
    if (scope.wants(BIAS)) {
      scope.give(BIAS, emit.sum(gradient, /* keepDimensions= */ false, 0));
    }
  }
}
