package io.covey.models.training.gradient;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.training.emit.Emitter;

/** The rules of activations, alone and fused into another operator. */
final class ActivationGradients {

  private static final float SQRT_2_OVER_PI = (float) Math.sqrt(2 / Math.PI);
  private static final float GELU_CUBIC = 0.044715f;

  private ActivationGradients() {}

  /** The gradient of an operator's result before its fused activation. */
  static int before(GradientScope scope, Activation activation) {
    return switch (activation) {
      case NONE, RELU, RELU6, RELU_N1_TO_1 ->
          Masks.before(scope.emit(), activation, scope.output(), scope.gradient());
      case TANH -> tanh(scope.emit(), scope.output(), scope.gradient());
      case SIGN_BIT -> throw scope.unsupported("its activation SIGN_BIT has no gradient");
    };
  }

  static void relu(GradientScope scope) {
    scope.give(0, before(scope, Activation.RELU));
  }

  static void relu6(GradientScope scope) {
    scope.give(0, before(scope, Activation.RELU6));
  }

  static void reluN1To1(GradientScope scope) {
    scope.give(0, before(scope, Activation.RELU_N1_TO_1));
  }

  static void relu0To1(GradientScope scope) {
    scope.give(0, Masks.between(scope.emit(), scope.output(), 0f, 1f, scope.gradient()));
  }

  /** {@code y (1 - y)}. */
  static void logistic(GradientScope scope) {
    Emitter emit = scope.emit();
    int y = scope.output();
    int slope = emit.multiply(y, emit.subtract(emit.scalar(1f), y));
    scope.give(0, emit.multiply(slope, scope.gradient()));
  }

  static void tanh(GradientScope scope) {
    scope.give(0, tanh(scope.emit(), scope.output(), scope.gradient()));
  }

  /** {@code 1 - y^2}. */
  private static int tanh(Emitter emit, int y, int gradient) {
    int slope = emit.subtract(emit.scalar(1f), emit.multiply(y, y));
    return emit.multiply(slope, gradient);
  }

  /**
   * {@code x * relu6(x + 3) / 6} (Howard et al., "Searching for MobileNetV3", section 5.2): its
   * slope is 0 below -3, 1 above 3 and {@code x/3 + 1/2} between.
   */
  static void hardSwish(GradientScope scope) {
    Emitter emit = scope.emit();
    int x = scope.input(0);
    int gate = emit.unary(Builtin.RELU6, emit.add(x, emit.scalar(3f)));
    int inside = Masks.isBetween(emit, gate, 0f, 6f);
    int slope = emit.add(emit.scale(gate, 1f / 6f), emit.scale(emit.multiply(x, inside), 1f / 6f));
    scope.give(0, emit.multiply(slope, scope.gradient()));
  }

  /** Hendrycks and Gimpel, "Gaussian Error Linear Units": exact, and by the hyperbolic tangent. */
  static void gelu(GradientScope scope) {
    boolean isApproximate = scope.options(OperatorOptions.Gelu.class).isApproximate();
    int slope = isApproximate ? approximateGelu(scope.emit(), scope.input(0)) : exactGelu(scope);
    scope.give(0, scope.emit().multiply(slope, scope.gradient()));
  }

  /** With {@code u = sqrt(2/pi) (x + c x^3)}: {@code (1+t)/2 + x/2 (1-t^2) u'}, t = tanh u. */
  private static int approximateGelu(Emitter emit, int x) {
    int square = emit.multiply(x, x);
    int cubic = emit.add(emit.scale(square, GELU_CUBIC), emit.scalar(1f));
    int u = emit.scale(emit.multiply(x, cubic), SQRT_2_OVER_PI);
    int t = emit.unary(Builtin.TANH, u);
    int inner =
        emit.scale(emit.add(emit.scale(square, 3 * GELU_CUBIC), emit.scalar(1f)), SQRT_2_OVER_PI);
    int one = emit.scalar(1f);
    int bell = emit.multiply(emit.subtract(one, emit.multiply(t, t)), inner);
    return emit.scale(emit.add(emit.add(one, t), emit.multiply(x, bell)), 0.5f);
  }

  /**
   * {@code Phi(x) + x phi(x)}. There is no error function among the builtin operators, but the
   * operator itself has one: {@code Phi(x) = gelu(x) / x}; beside zero, where that is 0/0, {@code
   * Phi(x) = 1/2 + x/sqrt(2 pi) (1 - x^2/6)} is exact in a float.
   */
  private static int exactGelu(GradientScope scope) {
    Emitter emit = scope.emit();
    int x = scope.input(0);
    int square = emit.multiply(x, x);
    float density = (float) (1 / Math.sqrt(2 * Math.PI));
    int bell = emit.scale(emit.unary(Builtin.EXP, emit.scale(square, -0.5f)), density);
    int isNear = emit.comparison(Builtin.LESS, square, emit.scalar(GELU_NEAR * GELU_NEAR));
    int series =
        emit.add(
            emit.multiply(
                emit.scale(x, density), emit.add(emit.scale(square, -1f / 6f), emit.scalar(1f))),
            emit.scalar(0.5f));
    // Where x is near zero, the division is by one instead.
    int divisor = emit.add(x, emit.multiply(isNear, emit.subtract(emit.scalar(1f), x)));
    int quotient = emit.divide(scope.output(), divisor);
    int cumulative = emit.add(quotient, emit.multiply(isNear, emit.subtract(series, quotient)));
    return emit.add(cumulative, emit.multiply(x, bell));
  }

  /** Below this distance from zero, the series' next term, x^5/40/sqrt(2 pi), is below 2^-24. */
  private static final float GELU_NEAR = 0.08f;

  /** {@code beta * y * (g - sum(g * y))} over the last dimension. */
  static void softmax(GradientScope scope) {
    Emitter emit = scope.emit();
    int y = scope.output();
    int weighted = emit.multiply(scope.gradient(), y);
    int last = emit.rank(y) - 1;
    int total = emit.sum(weighted, /* keepDimensions= */ true, last);
    int centered = emit.subtract(scope.gradient(), total);
    float beta = scope.options(OperatorOptions.Softmax.class).beta();
    scope.give(0, emit.scale(emit.multiply(y, centered), beta));
  }
}
