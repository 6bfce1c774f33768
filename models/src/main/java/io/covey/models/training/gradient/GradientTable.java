package io.covey.models.training.gradient;

import static java.util.Map.entry;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which operators can be differentiated, and by which rule. To add one, write an {@link
 * OperatorGradient}, enter it here, and give its test a graph.
 */
public final class GradientTable {

  /** Their results are counts, choices or steps: no gradient goes through them. */
  private static final Set<Builtin> STOPS =
      Set.of(
          Builtin.SHAPE,
          Builtin.RANK,
          Builtin.ZEROS_LIKE,
          Builtin.SIGN,
          Builtin.FLOOR,
          Builtin.CEIL,
          Builtin.ROUND,
          Builtin.FILL,
          Builtin.ONE_HOT,
          Builtin.QUANTIZE);

  private static final Map<Builtin, OperatorGradient> RULES =
      Map.ofEntries(
          entry(Builtin.ADD, ArithmeticGradients::add),
          entry(Builtin.SUB, ArithmeticGradients::subtract),
          entry(Builtin.MUL, ArithmeticGradients::multiply),
          entry(Builtin.DIV, ArithmeticGradients::divide),
          entry(Builtin.SQUARED_DIFFERENCE, ArithmeticGradients::squaredDifference),
          entry(Builtin.NEG, ArithmeticGradients::negate),
          entry(Builtin.SQUARE, ArithmeticGradients::square),
          entry(Builtin.RSQRT, ArithmeticGradients::reciprocalRoot),
          entry(Builtin.RELU, ActivationGradients::relu),
          entry(Builtin.RELU6, ActivationGradients::relu6),
          entry(Builtin.RELU_N1_TO_1, ActivationGradients::reluN1To1),
          entry(Builtin.LOGISTIC, ActivationGradients::logistic),
          entry(Builtin.TANH, ActivationGradients::tanh),
          entry(Builtin.HARD_SWISH, ActivationGradients::hardSwish),
          entry(Builtin.GELU, ActivationGradients::gelu),
          entry(Builtin.SOFTMAX, ActivationGradients::softmax),
          entry(Builtin.FULLY_CONNECTED, new FullyConnectedGradient()),
          entry(Builtin.BATCH_MATMUL, new BatchMatMulGradient()),
          entry(Builtin.CONV_2D, new ConvolutionGradient()),
          entry(Builtin.DEPTHWISE_CONV_2D, new DepthwiseGradient()),
          entry(Builtin.MAX_POOL_2D, PoolingGradients::maximum),
          entry(Builtin.AVERAGE_POOL_2D, PoolingGradients::average),
          entry(Builtin.MEAN, ReductionGradients::mean),
          entry(Builtin.SUM, ReductionGradients::sum),
          entry(Builtin.RESHAPE, ShapeGradients::reshape),
          entry(Builtin.SQUEEZE, ShapeGradients::reshape),
          entry(Builtin.EXPAND_DIMS, ShapeGradients::reshape),
          entry(Builtin.TRANSPOSE, ShapeGradients::transpose),
          entry(Builtin.CONCATENATION, ShapeGradients::concatenation),
          entry(Builtin.PAD, ShapeGradients::pad),
          entry(Builtin.GATHER, new GatherGradient()));

  private GradientTable() {}

  /**
   * The rule for an operator.
   *
   * @param position where it stands in the forward pass
   * @throws UnsupportedGradientException when there is none
   */
  static OperatorGradient of(GraphOperator operator, int position) {
    OperatorGradient rule = RULES.get(operator.code());
    if (rule == null) {
      throw new UnsupportedGradientException(position, "it has no rule of differentiation");
    }
    return rule;
  }

  /** Whether an operator can be differentiated, or needs not to be. */
  public static boolean has(Builtin code) {
    return RULES.containsKey(code) || stopsGradient(code);
  }

  /** The operators that can be differentiated. */
  public static Set<Builtin> operators() {
    return new TreeSet<>(RULES.keySet());
  }

  /** Whether nothing that an operator gives changes smoothly with what it takes. */
  static boolean stopsGradient(Builtin code) {
    return STOPS.contains(code);
  }
}
