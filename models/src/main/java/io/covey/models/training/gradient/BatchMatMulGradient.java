package io.covey.models.training.gradient;

import io.covey.models.graph.OperatorOptions.BatchMatMul;
import io.covey.models.training.emit.Emitter;

/** The product of the last two dimensions; leading ones may be broadcast. */
final class BatchMatMulGradient implements OperatorGradient {

  @Override
  public void differentiate(GradientScope scope) {
    BatchMatMul options = scope.options(BatchMatMul.class);
    Emitter emit = scope.emit();
    int a = scope.input(0);
    int b = scope.input(1);
    int gradient = scope.gradient();
    if (scope.wants(0)) {
      int byA =
          options.adjointX()
              ? emit.matrixProduct(b, options.adjointY(), gradient, true)
              : emit.matrixProduct(gradient, false, b, !options.adjointY());
      scope.give(0, emit.unbroadcast(byA, scope.inputShape(0)));
    }
    if (scope.wants(1)) {
      int byB =
          options.adjointY()
              ? emit.matrixProduct(gradient, true, a, options.adjointX())
              : emit.matrixProduct(a, !options.adjointX(), gradient, false);
      scope.give(1, emit.unbroadcast(byB, scope.inputShape(1)));
    }
  }
}
