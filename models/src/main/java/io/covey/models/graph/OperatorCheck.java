package io.covey.models.graph;

import io.covey.models.graph.ModelException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks that an operator is one that this runtime runs, with as many tensors as its kernel reads.
 */
final class OperatorCheck {

  private static final String FLEX_PREFIX = "Flex";

  /**
   * A sum's kernel shifts its inputs left by 20 bits and reckons with twice the larger scale; from
   * 2^19 times the output's scale on, its multiplier would not be below one, and it aborts.
   */
  private static final double LARGEST_SUM_RATIO = 0x1p19;

  private static final Set<Builtin> SUMS = Set.of(Builtin.ADD, Builtin.SUB);

  /** Of these, kernels read one scale for each operand. */
  private static final Set<Builtin> ELEMENTWISE = Set.of(Builtin.ADD, Builtin.SUB, Builtin.MUL);

  /** Those that take or give the handle of a variable. */
  private static final Set<Builtin> HANDLED =
      Set.of(Builtin.VAR_HANDLE, Builtin.READ_VARIABLE, Builtin.ASSIGN_VARIABLE);

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
              + (custom != null ? "'" + custom + "' (custom)" : operator.name())
              + ", which this runtime does not run; export it with TensorFlow Lite's builtin"
              + " operators only, loops being unrolled");
    }
    if (!arity.allows(operator.inputs().size(), operator.outputs().size())) {
      throw new ModelException(
          Reason.DAMAGED,
          "the .tflite file is damaged: "
              + operator.name()
              + " cannot have "
              + operator.inputs().size()
              + " inputs and "
              + operator.outputs().size()
              + " outputs; fetch or export it again");
    }
  }

  /**
   * Checks that {@code operator}'s types and quantizations are such as its kernel takes on trust.
   *
   * @throws ModelException naming the first tensor that is not
   */
  static void requireTypes(GraphOperator operator, Subgraph subgraph) {
    if (OperatorRules.keepsType(operator.code()) && operator.inputs().get(0) >= 0) {
      GraphTensor input = subgraph.tensors().get(operator.inputs().get(0));
      GraphTensor output = subgraph.tensors().get(operator.outputs().get(0));
      if (input.type() != output.type()) {
        throw damaged(operator, output, "of another type than its input");
      }
    }
    requireHandles(operator, subgraph);
    requireQuantization(operator, subgraph);
  }

  /**
   * Handles of variables are memory of the runtime's own, which other kernels would reckon with.
   */
  private static void requireHandles(GraphOperator operator, Subgraph subgraph) {
    if (HANDLED.contains(operator.code()) || !operator.called().isEmpty()) {
      return;
    }
    List<Integer> used = new ArrayList<>(operator.inputs());
    used.addAll(operator.outputs());
    for (int position : used) {
      if (position >= 0 && subgraph.tensor(position).type() == TensorType.RESOURCE) {
        throw damaged(operator, subgraph.tensor(position), "that is a variable's handle");
      }
    }
  }

  /**
   * Checks that bytes with which {@code operator} reckons stand for real numbers, and that sums do
   * not leave the range that their kernels' fixed-point arithmetic has.
   */
  private static void requireQuantization(GraphOperator operator, Subgraph subgraph) {
    if (!OperatorRules.needsQuantization(operator.code())) {
      return;
    }
    double largestInput = 0;
    for (int input : operator.inputs()) {
      if (input >= 0) {
        GraphTensor tensor = subgraph.tensors().get(input);
        requireQuantized(operator, tensor);
        largestInput = Math.max(largestInput, scale(tensor));
      }
    }
    GraphTensor output = subgraph.tensors().get(operator.outputs().get(0));
    requireQuantized(operator, output);
    boolean isSum = SUMS.contains(operator.code());
    if (isSum && largestInput > 0 && scale(output) * LARGEST_SUM_RATIO <= largestInput) {
      throw damaged(operator, output, "with a scale too small for its inputs");
    }
  }

  private static void requireQuantized(GraphOperator operator, GraphTensor tensor) {
    if (tensor.isBareBytes()) {
      throw damaged(operator, tensor, "without a quantization");
    }
    Quantization quantization = tensor.scales();
    boolean byChannel = quantization != null && quantization.scales().size() > 1;
    if (byChannel && ELEMENTWISE.contains(operator.code())) {
      throw damaged(operator, tensor, "quantized by channel");
    }
  }

  /** The scale of the whole tensor; 0 when it has none or one for each channel. */
  private static double scale(GraphTensor tensor) {
    Quantization quantization = tensor.scales();
    return quantization == null || quantization.scales().size() != 1
        ? 0
        : quantization.scales().get(0);
  }

  private static ModelException damaged(GraphOperator operator, GraphTensor tensor, String what) {
    return new ModelException(
        Reason.DAMAGED,
        "the .tflite file is damaged: "
            + operator.name()
            + " has the tensor '"
            + tensor.name()
            + "' "
            + what
            + "; fetch or export it again");
  }

  /**
   * Whether the operator's input at {@code position} may be left out; a custom one is refused by
   * its name instead.
   */
  static boolean mayBeLeftOut(GraphOperator operator, int position) {
    return operator.customName() != null || OperatorRules.mayBeLeftOut(operator.code(), position);
  }
}
