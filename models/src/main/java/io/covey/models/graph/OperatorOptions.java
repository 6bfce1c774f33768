package io.covey.models.graph;

import java.util.List;
import org.tensorflow.lite.schema.BuiltinOptionsUnion;

/**
 * An operator's settings, as the schema's option tables have them. Those that graphs are rewritten
 * with have a record each; all others are carried along as they are in {@link Other}.
 */
public sealed interface OperatorOptions {

  /** No settings, or all at their defaults. */
  static OperatorOptions none() {
    return new None();
  }

  /** The subgraphs that an operator with these settings runs. */
  default List<Integer> called() {
    return List.of();
  }

  /** No settings. */
  record None() implements OperatorOptions {}

  /** A height and a width, of a window, a stride or a dilation. */
  record Extent(int height, int width) {

    /** One by one. */
    public static final Extent ONE = new Extent(1, 1);

    /** Whether both are 1. */
    public boolean isOne() {
      return height == 1 && width == 1;
    }
  }

  /** Of CONV_2D. */
  record Conv2D(Padding padding, Extent stride, Extent dilation, Activation activation)
      implements OperatorOptions {}

  /** Of DEPTHWISE_CONV_2D. */
  record DepthwiseConv2D(
      Padding padding, Extent stride, Extent dilation, int multiplier, Activation activation)
      implements OperatorOptions {}

  /** Of TRANSPOSE_CONV. */
  record TransposeConv(Padding padding, Extent stride, Activation activation)
      implements OperatorOptions {}

  /** Of AVERAGE_POOL_2D, MAX_POOL_2D and L2_POOL_2D. */
  record Pool2D(Padding padding, Extent stride, Extent window, Activation activation)
      implements OperatorOptions {}

  /**
   * Of FULLY_CONNECTED.
   *
   * @param keepNumDims whether the output has as many dimensions as the input, not two
   * @param shuffledWeights whether the weights lie in a special order
   * @param asymmetricInputs whether float inputs to integer weights are quantized asymmetrically
   */
  record FullyConnected(
      Activation activation, boolean keepNumDims, boolean shuffledWeights, boolean asymmetricInputs)
      implements OperatorOptions {}

  /** Of BATCH_MATMUL: which of the operands has its last two dimensions swapped. */
  record BatchMatMul(boolean adjointX, boolean adjointY, boolean asymmetricInputs)
      implements OperatorOptions {}

  /** The operators that {@link Arithmetic} belongs to. */
  enum ArithmeticKind {
    ADD,
    SUB,
    MUL,
    DIV
  }

  /**
   * Of ADD, SUB, MUL and DIV.
   *
   * @param powerOfTwoScales whether 16-bit sums have scales that are powers of two, as is the
   *     default for ADD and SUB
   */
  record Arithmetic(ArithmeticKind kind, Activation activation, boolean powerOfTwoScales)
      implements OperatorOptions {

    /** Without an activation. */
    public static Arithmetic of(ArithmeticKind kind) {
      return of(kind, Activation.NONE);
    }

    /** With an activation. */
    public static Arithmetic of(ArithmeticKind kind, Activation activation) {
      return new Arithmetic(kind, activation, /* powerOfTwoScales= */ true);
    }
  }

  /** Of CONCATENATION. */
  record Concatenation(int axis, Activation activation) implements OperatorOptions {}

  /** Of SOFTMAX. */
  record Softmax(float beta) implements OperatorOptions {}

  /** Of L2_NORMALIZATION. */
  record L2Normalization(Activation activation) implements OperatorOptions {}

  /** Of RESHAPE; used only where the shape is no input. */
  record Reshape(List<Integer> shape) implements OperatorOptions {

    /** Copies. */
    public Reshape {
      shape = List.copyOf(shape);
    }
  }

  /** Of SQUEEZE; no dimensions means all of size 1. */
  record Squeeze(List<Integer> dimensions) implements OperatorOptions {

    /** Copies. */
    public Squeeze {
      dimensions = List.copyOf(dimensions);
    }
  }

  /** Of SUM, MEAN and the other reductions. */
  record Reduction(boolean keepDimensions) implements OperatorOptions {}

  /** Of STRIDED_SLICE: sets of dimensions, as bits. */
  record StridedSlice(
      int beginMask,
      int endMask,
      int ellipsisMask,
      int newAxisMask,
      int shrinkAxisMask,
      boolean endIsOffset)
      implements OperatorOptions {

    /** No dimension is treated specially. */
    public static final StridedSlice PLAIN = new StridedSlice(0, 0, 0, 0, 0, false);
  }

  /** Of RESIZE_BILINEAR. */
  record ResizeBilinear(boolean alignCorners, boolean halfPixelCenters)
      implements OperatorOptions {}

  /** Of RESIZE_NEAREST_NEIGHBOR. */
  record ResizeNearest(boolean alignCorners, boolean halfPixelCenters) implements OperatorOptions {}

  /** Of GATHER. */
  record Gather(int axis, int batchDimensions) implements OperatorOptions {}

  /** Of PACK. */
  record Pack(int count, int axis) implements OperatorOptions {}

  /** Of UNPACK. */
  record Unpack(int count, int axis) implements OperatorOptions {}

  /** Of SPLIT. */
  record Split(int count) implements OperatorOptions {}

  /** Of SPLIT_V. */
  record SplitV(int count) implements OperatorOptions {}

  /** Of LEAKY_RELU. */
  record LeakyRelu(float alpha) implements OperatorOptions {}

  /** Of GELU: whether by the hyperbolic tangent, or exactly by the error function. */
  record Gelu(boolean isApproximate) implements OperatorOptions {}

  /** Of SPACE_TO_DEPTH. */
  record SpaceToDepth(int blockSize) implements OperatorOptions {}

  /** Of DEPTH_TO_SPACE. */
  record DepthToSpace(int blockSize) implements OperatorOptions {}

  /** Of ARG_MAX. */
  record ArgMax(TensorType outputType) implements OperatorOptions {}

  /** Of ONE_HOT. */
  record OneHot(int axis) implements OperatorOptions {}

  /** Of CAST. */
  record Cast(TensorType from, TensorType to) implements OperatorOptions {}

  /** Of SHAPE. */
  record Shape(TensorType outputType) implements OperatorOptions {}

  /** Of MIRROR_PAD: whether the edge itself is repeated. */
  record MirrorPad(boolean isSymmetric) implements OperatorOptions {}

  /** Of CUMSUM. */
  record CumulativeSum(boolean isExclusive, boolean isReverse) implements OperatorOptions {}

  /** Of CALL_ONCE. */
  record CallOnce(int subgraph) implements OperatorOptions {

    @Override
    public List<Integer> called() {
      return List.of(subgraph);
    }
  }

  /** Of IF. */
  record If(int thenSubgraph, int elseSubgraph) implements OperatorOptions {

    @Override
    public List<Integer> called() {
      return List.of(thenSubgraph, elseSubgraph);
    }
  }

  /** Of VAR_HANDLE: the variable's name. */
  record VarHandle(String container, String sharedName) implements OperatorOptions {}

  /**
   * Of a custom operator.
   *
   * @param value its settings in a form of its own, or nothing as a constant without bytes
   */
  record Custom(Constant value) implements OperatorOptions {}

  /** Settings that nothing here looks at, carried along as they are. */
  final class Other implements OperatorOptions {

    private final BuiltinOptionsUnion union;

    Other(BuiltinOptionsUnion union) {
      this.union = union;
    }

    BuiltinOptionsUnion union() {
      return union;
    }

    @Override
    public String toString() {
      return "Other[" + union.getValue().getClass().getSimpleName() + "]";
    }
  }
}
