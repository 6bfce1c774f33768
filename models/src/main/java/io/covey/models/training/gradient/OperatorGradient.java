package io.covey.models.training.gradient;

/**
 * The rule of differentiation of one operator: given the gradient of the loss with respect to what
 * the operator gives, writes the operators that compute it with respect to what the operator takes.
 */
@FunctionalInterface
public interface OperatorGradient {

  /**
   * Writes the rule for one use of the operator.
   *
   * @throws io.covey.models.graph.ModelException when this use is not supported; see {@link
   *     GradientScope#unsupported}
   */
  void differentiate(GradientScope scope);
}
