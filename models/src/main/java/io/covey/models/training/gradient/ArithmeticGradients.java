package io.covey.models.training.gradient;

import io.covey.models.graph.Activation;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.training.emit.Emitter;

/** The rules of sums, products and powers; operands may be broadcast. */
final class ArithmeticGradients {

  private ArithmeticGradients() {}

  private static int gradient(GradientScope scope) {
    // A file may leave the settings out, which then are the defaults.
    Activation activation =
        scope.operator().options() instanceof OperatorOptions.None
            ? Activation.NONE
            : scope.options(Arithmetic.class).activation();
    return scope.gradientBefore(activation);
  }

  private static void give(GradientScope scope, int index, int gradient) {
    scope.give(index, scope.emit().unbroadcast(gradient, scope.inputShape(index)));
  }

  static void add(GradientScope scope) {
    int gradient = gradient(scope);
    for (int i = 0; i < 2; i++) {
      if (scope.wants(i)) {
        give(scope, i, gradient);
      }
    }
  }

  static void subtract(GradientScope scope) {
    int gradient = gradient(scope);
    if (scope.wants(0)) {
      give(scope, 0, gradient);
    }
    if (scope.wants(1)) {
      give(scope, 1, scope.emit().scale(gradient, -1f));
    }
  }

  static void multiply(GradientScope scope) {
    int gradient = gradient(scope);
    for (int i = 0; i < 2; i++) {
      if (scope.wants(i)) {
        give(scope, i, scope.emit().multiply(gradient, scope.input(1 - i)));
      }
    }
  }

  /** {@code d(a/b) = da/b - db * (a/b)/b}. */
  static void divide(GradientScope scope) {
    Emitter emit = scope.emit();
    int byA = emit.divide(gradient(scope), scope.input(1));
    if (scope.wants(0)) {
      give(scope, 0, byA);
    }
    if (scope.wants(1)) {
      // The quotient before a fused activation, which the output may not be.
      int quotient = emit.divide(scope.input(0), scope.input(1));
      give(scope, 1, emit.scale(emit.multiply(byA, quotient), -1f));
    }
  }

  static void squaredDifference(GradientScope scope) {
    Emitter emit = scope.emit();
    int difference = emit.subtract(scope.input(0), scope.input(1));
    int gradient = emit.multiply(emit.scale(difference, 2f), scope.gradient());
    if (scope.wants(0)) {
      give(scope, 0, gradient);
    }
    if (scope.wants(1)) {
      give(scope, 1, emit.scale(gradient, -1f));
    }
  }

  static void negate(GradientScope scope) {
    scope.give(0, scope.emit().scale(scope.gradient(), -1f));
  }

  static void square(GradientScope scope) {
    Emitter emit = scope.emit();
    scope.give(0, emit.multiply(emit.scale(scope.input(0), 2f), scope.gradient()));
  }

  /** {@code d(x^-1/2) = -1/2 y^3}. */
  static void reciprocalRoot(GradientScope scope) {
    Emitter emit = scope.emit();
    int y = scope.output();
    int cube = emit.multiply(emit.multiply(y, y), y);
    scope.give(0, emit.multiply(emit.scale(cube, -0.5f), scope.gradient()));
  }
}
