package io.covey.models.shape;

import static java.util.Map.entry;

import io.covey.models.graph.Builtin;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which rule works out the shapes of what an operator gives. */
final class ShapeTable {

  private static final List<Builtin> SAME =
      List.of(
          Builtin.ABS,
          Builtin.BUCKETIZE,
          Builtin.CEIL,
          Builtin.COMPLEX_ABS,
          Builtin.COS,
          Builtin.CUMSUM,
          Builtin.DEQUANTIZE,
          Builtin.ELU,
          Builtin.EXP,
          Builtin.FAKE_QUANT,
          Builtin.FLOOR,
          Builtin.GELU,
          Builtin.HARD_SWISH,
          Builtin.IMAG,
          Builtin.L2_NORMALIZATION,
          Builtin.LEAKY_RELU,
          Builtin.LOCAL_RESPONSE_NORMALIZATION,
          Builtin.LOG,
          Builtin.LOGICAL_NOT,
          Builtin.LOGISTIC,
          Builtin.LOG_SOFTMAX,
          Builtin.MATRIX_SET_DIAG,
          Builtin.QUANTIZE,
          Builtin.REAL,
          Builtin.RELU,
          Builtin.RELU6,
          Builtin.RELU_0_TO_1,
          Builtin.RELU_N1_TO_1,
          Builtin.REVERSE_SEQUENCE,
          Builtin.ROUND,
          Builtin.RSQRT,
          Builtin.SIGN,
          Builtin.SIN,
          Builtin.SOFTMAX,
          Builtin.SQRT,
          Builtin.SQUARE,
          Builtin.TANH,
          Builtin.ZEROS_LIKE);

  private static final List<Builtin> BROADCAST =
      List.of(
          Builtin.ATAN2,
          Builtin.BITWISE_XOR,
          Builtin.EQUAL,
          Builtin.GREATER,
          Builtin.GREATER_EQUAL,
          Builtin.LESS,
          Builtin.LESS_EQUAL,
          Builtin.LOGICAL_AND,
          Builtin.LOGICAL_OR,
          Builtin.NOT_EQUAL,
          Builtin.POW,
          Builtin.RIGHT_SHIFT,
          Builtin.SQUARED_DIFFERENCE);

  private static final Map<Builtin, ShapeRule> OTHERS =
      Map.ofEntries(
          entry(Builtin.ADD, ElementwiseShapes.arithmetic(Math::addExact)),
          entry(Builtin.SUB, ElementwiseShapes.arithmetic(Math::subtractExact)),
          entry(Builtin.MUL, ElementwiseShapes.arithmetic(Math::multiplyExact)),
          entry(Builtin.DIV, ElementwiseShapes.arithmetic(ElementwiseShapes::quotient)),
          entry(Builtin.FLOOR_DIV, ElementwiseShapes.arithmetic(ElementwiseShapes::floorQuotient)),
          entry(Builtin.FLOOR_MOD, ElementwiseShapes.arithmetic(Math::floorMod)),
          entry(Builtin.MAXIMUM, ElementwiseShapes.arithmetic(Math::max)),
          entry(Builtin.MINIMUM, ElementwiseShapes.arithmetic(Math::min)),
          entry(Builtin.NEG, ElementwiseShapes::negate),
          entry(Builtin.CAST, ElementwiseShapes::cast),
          entry(Builtin.ADD_N, ElementwiseShapes::sameForAll),
          entry(Builtin.PRELU, ElementwiseShapes::factors),
          entry(Builtin.SELECT, ElementwiseShapes::select),
          entry(Builtin.SELECT_V2, ElementwiseShapes::selectBroadcast),
          entry(Builtin.SUM, ReductionShapes.fold(Math::addExact)),
          entry(Builtin.REDUCE_PROD, ReductionShapes.fold(Math::multiplyExact)),
          entry(Builtin.REDUCE_MAX, ReductionShapes.fold(Math::max)),
          entry(Builtin.REDUCE_MIN, ReductionShapes.fold(Math::min)),
          entry(Builtin.MEAN, ReductionShapes::reduce),
          entry(Builtin.REDUCE_ALL, ReductionShapes::reduce),
          entry(Builtin.REDUCE_ANY, ReductionShapes::reduce),
          entry(Builtin.ARG_MAX, ReductionShapes::position),
          entry(Builtin.ARG_MIN, ReductionShapes::position),
          entry(Builtin.TOPK_V2, ReductionShapes::largest),
          entry(Builtin.CONV_2D, WindowShapes::convolution),
          entry(Builtin.DEPTHWISE_CONV_2D, WindowShapes::depthwise),
          entry(Builtin.TRANSPOSE_CONV, WindowShapes::transposed),
          entry(Builtin.AVERAGE_POOL_2D, WindowShapes::pool),
          entry(Builtin.MAX_POOL_2D, WindowShapes::pool),
          entry(Builtin.L2_POOL_2D, WindowShapes::pool),
          entry(Builtin.RESIZE_BILINEAR, WindowShapes::resize),
          entry(Builtin.RESIZE_NEAREST_NEIGHBOR, WindowShapes::resize),
          entry(Builtin.FULLY_CONNECTED, MatrixShapes::fullyConnected),
          entry(Builtin.BATCH_MATMUL, MatrixShapes::batchMatMul),
          entry(Builtin.EMBEDDING_LOOKUP, MatrixShapes::lookup),
          entry(Builtin.RESHAPE, LayoutShapes::reshape),
          entry(Builtin.EXPAND_DIMS, LayoutShapes::expandDims),
          entry(Builtin.SQUEEZE, LayoutShapes::squeeze),
          entry(Builtin.TRANSPOSE, LayoutShapes::transpose),
          entry(Builtin.REVERSE_V2, LayoutShapes::reverse),
          entry(Builtin.PAD, LayoutShapes::pad),
          entry(Builtin.PADV2, LayoutShapes::pad),
          entry(Builtin.MIRROR_PAD, LayoutShapes::pad),
          entry(Builtin.TILE, LayoutShapes::tile),
          entry(Builtin.BROADCAST_TO, LayoutShapes::broadcastTo),
          entry(Builtin.SPACE_TO_DEPTH, LayoutShapes::spaceToDepth),
          entry(Builtin.DEPTH_TO_SPACE, LayoutShapes::depthToSpace),
          entry(Builtin.SPACE_TO_BATCH_ND, LayoutShapes::spaceToBatch),
          entry(Builtin.BATCH_TO_SPACE_ND, LayoutShapes::batchToSpace),
          entry(Builtin.CONCATENATION, JoinShapes::concatenation),
          entry(Builtin.PACK, JoinShapes::pack),
          entry(Builtin.UNPACK, JoinShapes::unpack),
          entry(Builtin.SPLIT, JoinShapes::split),
          entry(Builtin.SPLIT_V, JoinShapes::splitBySizes),
          entry(Builtin.SLICE, SliceShapes::slice),
          entry(Builtin.STRIDED_SLICE, SliceShapes::stridedSlice),
          entry(Builtin.GATHER, SliceShapes::gather),
          entry(Builtin.GATHER_ND, SliceShapes::gatherByLists),
          entry(Builtin.SCATTER_ND, SliceShapes::scatter),
          entry(Builtin.SHAPE, NumberShapes::shape),
          entry(Builtin.RANK, NumberShapes::rank),
          entry(Builtin.FILL, NumberShapes::fill),
          entry(Builtin.RANGE, NumberShapes::range),
          entry(Builtin.ONE_HOT, NumberShapes::oneHot),
          entry(Builtin.BROADCAST_ARGS, NumberShapes::broadcastArguments));

  private static final Map<Builtin, ShapeRule> RULES = rules();

  private ShapeTable() {}

  private static Map<Builtin, ShapeRule> rules() {
    Map<Builtin, ShapeRule> rules = new EnumMap<>(OTHERS);
    SAME.forEach(code -> rules.put(code, ElementwiseShapes::same));
    BROADCAST.forEach(code -> rules.put(code, ElementwiseShapes::broadcast));
    return rules;
  }

  /** The operator's rule, or null when there is none. */
  static @Nullable ShapeRule of(Builtin code) {
    return RULES.get(code);
  }
}
