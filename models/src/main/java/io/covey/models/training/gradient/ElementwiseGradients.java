package io.covey.models.training.gradient;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.TensorType;
import io.covey.models.training.emit.Emitter;

/** The rules of functions of one value, and of choices between two. */
final class ElementwiseGradients {

  private ElementwiseGradients() {}

  private static void giveTimes(GradientScope scope, int slope) {
    scope.give(0, scope.emit().multiply(slope, scope.gradient()));
  }

  static void exponential(GradientScope scope) {
    giveTimes(scope, scope.output());
  }

  static void logarithm(GradientScope scope) {
    scope.give(0, scope.emit().divide(scope.gradient(), scope.input(0)));
  }

  static void squareRoot(GradientScope scope) {
    Emitter emit = scope.emit();
    scope.give(0, emit.divide(emit.scale(scope.gradient(), 0.5f), scope.output()));
  }

  static void absolute(GradientScope scope) {
    giveTimes(scope, scope.emit().unary(Builtin.SIGN, scope.input(0)));
  }

  static void sine(GradientScope scope) {
    giveTimes(scope, scope.emit().unary(Builtin.COS, scope.input(0)));
  }

  static void cosine(GradientScope scope) {
    Emitter emit = scope.emit();
    giveTimes(scope, emit.scale(emit.unary(Builtin.SIN, scope.input(0)), -1f));
  }

  /** {@code d(x^p) = p x^(p-1) dx + x^p log(x) dp}, the latter for positive x only. */
  static void power(GradientScope scope) {
    Emitter emit = scope.emit();
    int x = scope.input(0);
    int exponent = scope.input(1);
    if (scope.wants(0)) {
      int lower = emit.binary(Builtin.POW, x, emit.subtract(exponent, emit.scalar(1f)));
      int slope = emit.multiply(exponent, lower);
      scope.give(0, emit.unbroadcast(emit.multiply(slope, scope.gradient()), scope.inputShape(0)));
    }
    if (scope.wants(1)) {
      int isPositive = emit.comparison(Builtin.GREATER, x, emit.scalar(0f));
      // One where x is not positive, so that its logarithm is zero.
      int safe = emit.add(emit.multiply(x, isPositive), emit.subtract(emit.scalar(1f), isPositive));
      int slope = emit.multiply(scope.output(), emit.unary(Builtin.LOG, safe));
      scope.give(1, emit.unbroadcast(emit.multiply(slope, scope.gradient()), scope.inputShape(1)));
    }
  }

  /** {@code y = x} above 0, {@code exp(x) - 1} below, where its slope is {@code y + 1}. */
  static void elu(GradientScope scope) {
    Emitter emit = scope.emit();
    int below = emit.binary(Builtin.MINIMUM, scope.output(), emit.scalar(0f));
    giveTimes(scope, emit.add(below, emit.scalar(1f)));
  }

  static void leakyRelu(GradientScope scope) {
    Emitter emit = scope.emit();
    float alpha = scope.options(OperatorOptions.LeakyRelu.class).alpha();
    int isAbove = emit.comparison(Builtin.GREATER, scope.input(0), emit.scalar(0f));
    giveTimes(scope, emit.add(emit.scale(isAbove, 1 - alpha), emit.scalar(alpha)));
  }

  /** {@code y = x} from 0 on, {@code alpha x} below, alpha being broadcast. */
  static void prelu(GradientScope scope) {
    Emitter emit = scope.emit();
    int isBelow = emit.comparison(Builtin.LESS, scope.input(0), emit.scalar(0f));
    if (scope.wants(0)) {
      int excess = emit.subtract(scope.input(1), emit.scalar(1f));
      int slope = emit.add(emit.multiply(isBelow, excess), emit.scalar(1f));
      giveTimes(scope, slope);
    }
    if (scope.wants(1)) {
      int negative = emit.multiply(scope.input(0), isBelow);
      scope.give(
          1, emit.unbroadcast(emit.multiply(negative, scope.gradient()), scope.inputShape(1)));
    }
  }

  /** To the larger; to the first of equal ones, as in TensorFlow. */
  static void maximum(GradientScope scope) {
    choose(
        scope, scope.emit().comparison(Builtin.GREATER_EQUAL, scope.input(0), scope.input(1)), 0);
  }

  /** To the smaller; to the first of equal ones. */
  static void minimum(GradientScope scope) {
    choose(scope, scope.emit().comparison(Builtin.LESS_EQUAL, scope.input(0), scope.input(1)), 0);
  }

  /** Of SELECT and SELECT_V2: to the chosen. */
  static void select(GradientScope scope) {
    Emitter emit = scope.emit();
    choose(scope, emit.cast(scope.input(0), TensorType.FLOAT32), 1);
  }

  private static void choose(GradientScope scope, int isFirst, int first) {
    Emitter emit = scope.emit();
    if (scope.wants(first)) {
      scope.give(
          first,
          emit.unbroadcast(emit.multiply(scope.gradient(), isFirst), scope.inputShape(first)));
    }
    if (scope.wants(first + 1)) {
      int isSecond = emit.subtract(emit.scalar(1f), isFirst);
      scope.give(
          first + 1,
          emit.unbroadcast(emit.multiply(scope.gradient(), isSecond), scope.inputShape(first + 1)));
    }
  }

  static void addN(GradientScope scope) {
    for (int i = 0; i < scope.inputs(); i++) {
      scope.give(i, scope.gradient());
    }
  }

  /** {@code g - exp(y) sum(g)} over the last dimension. */
  static void logSoftmax(GradientScope scope) {
    Emitter emit = scope.emit();
    int last = scope.outputShape().size() - 1;
    int total = emit.sum(scope.gradient(), /* keepDimensions= */ true, last);
    int probabilities = emit.unary(Builtin.EXP, scope.output());
    scope.give(0, emit.subtract(scope.gradient(), emit.multiply(probabilities, total)));
  }

  /** {@code y = x / |x|} over the last dimension: {@code (g - y sum(g y)) / |x|}. */
  static void l2Normalization(GradientScope scope) {
    Emitter emit = scope.emit();
    int last = scope.outputShape().size() - 1;
    int x = scope.input(0);
    int y = scope.output();
    int squares = emit.sum(emit.multiply(x, x), /* keepDimensions= */ true, last);
    int norm =
        emit.binary(Builtin.MAXIMUM, emit.unary(Builtin.SQRT, squares), emit.scalar(SMALLEST_NORM));
    int gradient =
        scope.gradientBefore(scope.options(OperatorOptions.L2Normalization.class).activation());
    int along = emit.sum(emit.multiply(gradient, y), /* keepDimensions= */ true, last);
    scope.give(0, emit.divide(emit.subtract(gradient, emit.multiply(y, along)), norm));
  }

  /** What the kernel divides by at least. */
  private static final float SMALLEST_NORM = 1e-6f;
}
