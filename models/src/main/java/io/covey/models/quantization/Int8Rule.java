package io.covey.models.quantization;

import static java.util.Map.entry;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.Quantization;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an operator runs on bytes. To add one, enter it in the table; what has no entry runs on
 * floats between bytes. Some kernels for bytes are no use: that of SQRT is younger than the
 * runtime, that of DIV fails wherever a divisor's byte is 0, whatever number it stands for, and
 * that of SCATTER_ND leaves bytes of 0 where zeros belong.
 *
 * @param version the least version of the operator that takes bytes
 * @param kind which scales its results have
 * @param fixed the result's scale where the kernel insists on one, otherwise null
 */
record Int8Rule(int version, Kind kind, @Nullable Quantization fixed) {

  /** Which scales an operator's tensors have. */
  enum Kind {
    /** Weights by channel, a bias of 32 bits; input and result each by their own range. */
    WEIGHTED,
    /** Every tensor by its own range. */
    OWN_RANGE,
    /** One scale for all: elements only move, or are chosen (see {@link ScalePlan}). */
    SAME_SCALE,
    /** Only the shape of the input counts; the result holds no real numbers. */
    SHAPE_ONLY
  }

  private static final Quantization SHARE = Quantization.perTensor(1 / 256f, -128);
  private static final Quantization SIGNED_SHARE = Quantization.perTensor(1 / 128f, 0);
  private static final Quantization LOGARITHM = Quantization.perTensor(16 / 256f, 127);

  private static final Map<Builtin, Int8Rule> RULES =
      Map.ofEntries(
          weighted(Builtin.CONV_2D, 3),
          weighted(Builtin.DEPTHWISE_CONV_2D, 3),
          weighted(Builtin.FULLY_CONNECTED, 4),
          weighted(Builtin.TRANSPOSE_CONV, 2),
          own(Builtin.ADD, 2),
          own(Builtin.SUB, 2),
          own(Builtin.MUL, 2),
          own(Builtin.SQUARED_DIFFERENCE, 2),
          own(Builtin.BATCH_MATMUL, 2),
          own(Builtin.MEAN, 2),
          own(Builtin.SUM, 2),
          own(Builtin.REDUCE_PROD, 2),
          own(Builtin.ABS, 2),
          own(Builtin.EXP, 2),
          own(Builtin.LOG, 2),
          own(Builtin.RSQRT, 2),
          own(Builtin.HARD_SWISH, 1),
          own(Builtin.GELU, 2),
          own(Builtin.LEAKY_RELU, 2),
          own(Builtin.PRELU, 1),
          own(Builtin.ELU, 1),
          own(Builtin.RELU, 2),
          own(Builtin.RELU6, 2),
          own(Builtin.RELU_N1_TO_1, 1),
          own(Builtin.RELU_0_TO_1, 1),
          own(Builtin.EQUAL, 2),
          own(Builtin.NOT_EQUAL, 2),
          own(Builtin.GREATER, 2),
          own(Builtin.GREATER_EQUAL, 2),
          own(Builtin.LESS, 2),
          own(Builtin.LESS_EQUAL, 2),
          own(Builtin.ARG_MAX, 2),
          fixed(Builtin.SOFTMAX, 2, SHARE),
          fixed(Builtin.LOGISTIC, 2, SHARE),
          fixed(Builtin.TANH, 2, SIGNED_SHARE),
          fixed(Builtin.L2_NORMALIZATION, 2, SIGNED_SHARE),
          fixed(Builtin.LOG_SOFTMAX, 2, LOGARITHM),
          same(Builtin.MAX_POOL_2D, 2),
          same(Builtin.AVERAGE_POOL_2D, 2),
          same(Builtin.RESHAPE, 1),
          same(Builtin.SQUEEZE, 1),
          same(Builtin.EXPAND_DIMS, 1),
          same(Builtin.TRANSPOSE, 2),
          same(Builtin.REVERSE_V2, 3),
          same(Builtin.PAD, 2),
          same(Builtin.PADV2, 2),
          same(Builtin.MIRROR_PAD, 2),
          same(Builtin.SLICE, 2),
          same(Builtin.STRIDED_SLICE, 2),
          same(Builtin.GATHER, 2),
          same(Builtin.GATHER_ND, 1),
          same(Builtin.SPACE_TO_DEPTH, 2),
          same(Builtin.DEPTH_TO_SPACE, 2),
          same(Builtin.SPACE_TO_BATCH_ND, 2),
          same(Builtin.BATCH_TO_SPACE_ND, 2),
          same(Builtin.RESIZE_BILINEAR, 2),
          same(Builtin.RESIZE_NEAREST_NEIGHBOR, 2),
          same(Builtin.REDUCE_MAX, 2),
          same(Builtin.REDUCE_MIN, 2),
          same(Builtin.SPLIT, 2),
          same(Builtin.SPLIT_V, 2),
          same(Builtin.UNPACK, 2),
          same(Builtin.TILE, 3),
          same(Builtin.BROADCAST_TO, 3),
          same(Builtin.TOPK_V2, 2),
          same(Builtin.CONCATENATION, 2),
          same(Builtin.PACK, 2),
          same(Builtin.MAXIMUM, 2),
          same(Builtin.MINIMUM, 2),
          same(Builtin.SELECT, 1),
          same(Builtin.SELECT_V2, 1),
          entry(Builtin.SHAPE, new Int8Rule(1, Kind.SHAPE_ONLY, null)),
          entry(Builtin.RANK, new Int8Rule(1, Kind.SHAPE_ONLY, null)));

  /** The rule for an operator, or null when it has none. */
  static @Nullable Int8Rule of(Builtin code) {
    return RULES.get(code);
  }

  private static Map.Entry<Builtin, Int8Rule> weighted(Builtin code, int version) {
    return entry(code, new Int8Rule(version, Kind.WEIGHTED, null));
  }

  private static Map.Entry<Builtin, Int8Rule> own(Builtin code, int version) {
    return entry(code, new Int8Rule(version, Kind.OWN_RANGE, null));
  }

  private static Map.Entry<Builtin, Int8Rule> fixed(
      Builtin code, int version, Quantization quantization) {
    return entry(code, new Int8Rule(version, Kind.OWN_RANGE, quantization));
  }

  private static Map.Entry<Builtin, Int8Rule> same(Builtin code, int version) {
    return entry(code, new Int8Rule(version, Kind.SAME_SCALE, null));
  }
}
