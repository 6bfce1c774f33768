package io.covey.models.runtime;

import io.covey.models.runtime.ModelException.Reason;
import io.covey.models.runtime.ModelGraph.GraphOperator;

/**
 * Checks that an operator is one that this runtime runs, with as many tensors as its kernel reads.
 */
final class OperatorCheck {

  private static final String FLEX_PREFIX = "Flex";

  private OperatorCheck() {}

  /**
   * Checks {@code operator}.
   *
   * @throws ModelException naming it, when it is not run here
   */
  static void requireRun(GraphOperator operator) {
    String custom = operator.customName();
    if (custom != null && custom.startsWith(FLEX_PREFIX)) {
      throw new ModelException(
          Reason.NEEDS_FLEX,
          "the model has the operator "
              + custom
              + ", which needs TensorFlow's Flex delegate; export it with builtin operators only"
              + " (supported_ops = [TFLITE_BUILTINS]), a training step with its backward pass"
              + " written out by hand");
    }
    OperatorRules.Arity arity = OperatorRules.arity(operator.code());
    if (custom != null || arity == null) {
      throw new ModelException(
          Reason.UNSUPPORTED_OPERATOR,
          "the model has the operator "
              + (custom != null ? "'" + custom + "' (custom)" : OperatorRules.name(operator.code()))
              + ", which this runtime does not run; export it with TensorFlow Lite's builtin"
              + " operators only");
    }
    if (!arity.allows(operator.inputs().size(), operator.outputs().size())) {
      throw new ModelException(
          Reason.DAMAGED,
          "the .tflite file is damaged: "
              + OperatorRules.name(operator.code())
              + " cannot have "
              + operator.inputs().size()
              + " inputs and "
              + operator.outputs().size()
              + " outputs; fetch or export it again");
    }
  }

  /**
   * Whether the operator's input at {@code position} may be left out; a custom one is refused by
   * its name instead.
   */
  static boolean mayBeLeftOut(GraphOperator operator, int position) {
    return operator.customName() != null || OperatorRules.mayBeLeftOut(operator.code(), position);
  }
}
