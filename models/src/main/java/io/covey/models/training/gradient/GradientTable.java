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
          entry(Builtin.ADD_N, ElementwiseGradients::addN),
          entry(Builtin.EXP, ElementwiseGradients::exponential),
          entry(Builtin.LOG, ElementwiseGradients::logarithm),
          entry(Builtin.SQRT, ElementwiseGradients::squareRoot),
          entry(Builtin.ABS, ElementwiseGradients::absolute),
          entry(Builtin.SIN, ElementwiseGradients::sine),
          entry(Builtin.COS, ElementwiseGradients::cosine),
          entry(Builtin.POW, ElementwiseGradients::power),
          entry(Builtin.MAXIMUM, ElementwiseGradients::maximum),
          entry(Builtin.MINIMUM, ElementwiseGradients::minimum),
          entry(Builtin.SELECT, ElementwiseGradients::select),
          entry(Builtin.SELECT_V2, ElementwiseGradients::select),
          entry(Builtin.ELU, ElementwiseGradients::elu),
          entry(Builtin.LEAKY_RELU, ElementwiseGradients::leakyRelu),
          entry(Builtin.PRELU, ElementwiseGradients::prelu),
          entry(Builtin.LOG_SOFTMAX, ElementwiseGradients::logSoftmax),
          entry(Builtin.L2_NORMALIZATION, ElementwiseGradients::l2Normalization),
          entry(Builtin.RELU_0_TO_1, ActivationGradients::relu0To1),
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
          entry(Builtin.PADV2, ShapeGradients::pad),
          entry(Builtin.MIRROR_PAD, ShapeGradients::mirrorPad),
          entry(Builtin.REVERSE_V2, ShapeGradients::reverse),
          entry(Builtin.SPLIT, ShapeGradients::split),
          entry(Builtin.SPLIT_V, ShapeGradients::split),
          entry(Builtin.PACK, ShapeGradients::pack),
          entry(Builtin.UNPACK, ShapeGradients::unpack),
          entry(Builtin.TILE, ShapeGradients::tile),
          entry(Builtin.BROADCAST_TO, ShapeGradients::broadcastTo),
          entry(Builtin.SPACE_TO_DEPTH, ShapeGradients::spaceToDepth),
          entry(Builtin.DEPTH_TO_SPACE, ShapeGradients::depthToSpace),
          entry(Builtin.SPACE_TO_BATCH_ND, ShapeGradients::spaceToBatch),
          entry(Builtin.BATCH_TO_SPACE_ND, ShapeGradients::batchToSpace),
          entry(Builtin.SLICE, SliceGradients::slice),
          entry(Builtin.STRIDED_SLICE, SliceGradients::stridedSlice),
          entry(Builtin.RESIZE_BILINEAR, ResizeGradients::bilinear),
          entry(Builtin.RESIZE_NEAREST_NEIGHBOR, ResizeGradients::nearest),
          entry(Builtin.TRANSPOSE_CONV, new TransposeConvGradient()),
          entry(Builtin.REDUCE_MAX, ReductionGradients::extreme),
          entry(Builtin.REDUCE_MIN, ReductionGradients::extreme),
          entry(Builtin.CUMSUM, ReductionGradients::cumulativeSum),
          entry(Builtin.GATHER, new GatherGradient()),
          entry(Builtin.GATHER_ND, GatherGradient::byLists));

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
