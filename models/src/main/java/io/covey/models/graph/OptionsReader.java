package io.covey.models.graph;

import com.google.flatbuffers.Table;
import io.covey.models.graph.ModelException.Reason;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.OperatorOptions.Extent;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.AddOptions;
import org.tensorflow.lite.schema.ArgMaxOptions;
import org.tensorflow.lite.schema.BatchMatMulOptions;
import org.tensorflow.lite.schema.BucketizeOptions;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.CallOnceOptions;
import org.tensorflow.lite.schema.CastOptions;
import org.tensorflow.lite.schema.ConcatEmbeddingsOptions;
import org.tensorflow.lite.schema.ConcatenationOptions;
import org.tensorflow.lite.schema.Conv2DOptions;
import org.tensorflow.lite.schema.CumsumOptions;
import org.tensorflow.lite.schema.DepthToSpaceOptions;
import org.tensorflow.lite.schema.DepthwiseConv2DOptions;
import org.tensorflow.lite.schema.DivOptions;
import org.tensorflow.lite.schema.FullyConnectedOptions;
import org.tensorflow.lite.schema.GatherOptions;
import org.tensorflow.lite.schema.GeluOptions;
import org.tensorflow.lite.schema.IfOptions;
import org.tensorflow.lite.schema.L2NormOptions;
import org.tensorflow.lite.schema.LeakyReluOptions;
import org.tensorflow.lite.schema.MirrorPadMode;
import org.tensorflow.lite.schema.MirrorPadOptions;
import org.tensorflow.lite.schema.MulOptions;
import org.tensorflow.lite.schema.OneHotOptions;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.PackOptions;
import org.tensorflow.lite.schema.Pool2DOptions;
import org.tensorflow.lite.schema.ReducerOptions;
import org.tensorflow.lite.schema.ReshapeOptions;
import org.tensorflow.lite.schema.ResizeBilinearOptions;
import org.tensorflow.lite.schema.ResizeNearestNeighborOptions;
import org.tensorflow.lite.schema.ShapeOptions;
import org.tensorflow.lite.schema.SoftmaxOptions;
import org.tensorflow.lite.schema.SpaceToDepthOptions;
import org.tensorflow.lite.schema.SplitOptions;
import org.tensorflow.lite.schema.SplitVOptions;
import org.tensorflow.lite.schema.SqueezeOptions;
import org.tensorflow.lite.schema.StridedSliceOptions;
import org.tensorflow.lite.schema.SubOptions;
import org.tensorflow.lite.schema.TransposeConvOptions;
import org.tensorflow.lite.schema.UnpackOptions;
import org.tensorflow.lite.schema.VarHandleOptions;

/**
 * Reads an operator's option table, and {@link OptionsWriter} is its inverse.
 *
 * <p>Thread rule: an instance is used by one thread.
 */
final class OptionsReader {

  private static final byte SHUFFLED_WEIGHTS = 1;

  private final ReadingBudget budget;

  OptionsReader(ReadingBudget budget) {
    this.budget = budget;
  }

  /** The settings of {@code operator}, whose code and lists were looked at before. */
  OperatorOptions read(Operator operator) {
    byte kind = operator.builtinOptionsType();
    if (kind == BuiltinOptions.NONE) {
      return OperatorOptions.none();
    }
    if (kind < 0 || kind >= BuiltinOptions.names.length) {
      throw new ModelException(
          Reason.UNSUPPORTED_OPERATOR,
          "an operator has settings of the unknown kind "
              + kind
              + ", which came after the version of the file format that Covey reads; export the"
              + " model with an older converter");
    }
    OperatorOptions windows = windowed(operator, kind);
    return windows != null ? windows : others(operator, kind);
  }

  private static @Nullable OperatorOptions windowed(Operator operator, byte kind) {
    return switch (kind) {
      case BuiltinOptions.Conv2DOptions -> {
        var o = table(operator, new Conv2DOptions());
        yield new OperatorOptions.Conv2D(
            padding(o.padding()),
            new Extent(o.strideH(), o.strideW()),
            new Extent(o.dilationHFactor(), o.dilationWFactor()),
            activation(o.fusedActivationFunction()));
      }
      case BuiltinOptions.DepthwiseConv2DOptions -> {
        var o = table(operator, new DepthwiseConv2DOptions());
        yield new OperatorOptions.DepthwiseConv2D(
            padding(o.padding()),
            new Extent(o.strideH(), o.strideW()),
            new Extent(o.dilationHFactor(), o.dilationWFactor()),
            o.depthMultiplier(),
            activation(o.fusedActivationFunction()));
      }
      case BuiltinOptions.TransposeConvOptions -> {
        var o = table(operator, new TransposeConvOptions());
        yield new OperatorOptions.TransposeConv(
            padding(o.padding()),
            new Extent(o.strideH(), o.strideW()),
            activation(o.fusedActivationFunction()));
      }
      case BuiltinOptions.Pool2DOptions -> {
        var o = table(operator, new Pool2DOptions());
        yield new OperatorOptions.Pool2D(
            padding(o.padding()),
            new Extent(o.strideH(), o.strideW()),
            new Extent(o.filterHeight(), o.filterWidth()),
            activation(o.fusedActivationFunction()));
      }
      case BuiltinOptions.ResizeBilinearOptions -> {
        var o = table(operator, new ResizeBilinearOptions());
        yield new OperatorOptions.ResizeBilinear(o.alignCorners(), o.halfPixelCenters());
      }
      case BuiltinOptions.ResizeNearestNeighborOptions -> {
        var o = table(operator, new ResizeNearestNeighborOptions());
        yield new OperatorOptions.ResizeNearest(o.alignCorners(), o.halfPixelCenters());
      }
      case BuiltinOptions.MirrorPadOptions ->
          new OperatorOptions.MirrorPad(
              table(operator, new MirrorPadOptions()).mode() == MirrorPadMode.SYMMETRIC);
      default -> null;
    };
  }

  private OperatorOptions others(Operator operator, byte kind) {
    OperatorOptions found = algebra(operator, kind);
    found = found != null ? found : shapes(operator, kind);
    found = found != null ? found : graphs(operator, kind);
    return found != null ? found : carried(operator, kind);
  }

  private static @Nullable OperatorOptions algebra(Operator operator, byte kind) {
    return switch (kind) {
      case BuiltinOptions.FullyConnectedOptions -> {
        var o = table(operator, new FullyConnectedOptions());
        yield new OperatorOptions.FullyConnected(
            activation(o.fusedActivationFunction()),
            o.keepNumDims(),
            o.weightsFormat() == SHUFFLED_WEIGHTS,
            o.asymmetricQuantizeInputs());
      }
      case BuiltinOptions.BatchMatMulOptions -> {
        var o = table(operator, new BatchMatMulOptions());
        yield new OperatorOptions.BatchMatMul(o.adjX(), o.adjY(), o.asymmetricQuantizeInputs());
      }
      case BuiltinOptions.AddOptions -> {
        var o = table(operator, new AddOptions());
        yield arithmetic(ArithmeticKind.ADD, o.fusedActivationFunction(), o.potScaleInt16());
      }
      case BuiltinOptions.SubOptions -> {
        var o = table(operator, new SubOptions());
        yield arithmetic(ArithmeticKind.SUB, o.fusedActivationFunction(), o.potScaleInt16());
      }
      case BuiltinOptions.MulOptions ->
          arithmetic(
              ArithmeticKind.MUL,
              table(operator, new MulOptions()).fusedActivationFunction(),
              true);
      case BuiltinOptions.DivOptions ->
          arithmetic(
              ArithmeticKind.DIV,
              table(operator, new DivOptions()).fusedActivationFunction(),
              true);
      case BuiltinOptions.SoftmaxOptions ->
          new OperatorOptions.Softmax(table(operator, new SoftmaxOptions()).beta());
      case BuiltinOptions.L2NormOptions ->
          new OperatorOptions.L2Normalization(
              activation(table(operator, new L2NormOptions()).fusedActivationFunction()));
      case BuiltinOptions.LeakyReluOptions ->
          new OperatorOptions.LeakyRelu(table(operator, new LeakyReluOptions()).alpha());
      case BuiltinOptions.GeluOptions ->
          new OperatorOptions.Gelu(table(operator, new GeluOptions()).approximate());
      case BuiltinOptions.ReducerOptions ->
          new OperatorOptions.Reduction(table(operator, new ReducerOptions()).keepDims());
      case BuiltinOptions.CumsumOptions -> {
        var o = table(operator, new CumsumOptions());
        yield new OperatorOptions.CumulativeSum(o.exclusive(), o.reverse());
      }
      default -> null;
    };
  }

  private @Nullable OperatorOptions shapes(Operator operator, byte kind) {
    return switch (kind) {
      case BuiltinOptions.ConcatenationOptions -> {
        var o = table(operator, new ConcatenationOptions());
        yield new OperatorOptions.Concatenation(o.axis(), activation(o.fusedActivationFunction()));
      }
      case BuiltinOptions.ReshapeOptions -> {
        var o = table(operator, new ReshapeOptions());
        yield new OperatorOptions.Reshape(budget.ints(o.newShapeLength(), o::newShape));
      }
      case BuiltinOptions.SqueezeOptions -> {
        var o = table(operator, new SqueezeOptions());
        yield new OperatorOptions.Squeeze(budget.ints(o.squeezeDimsLength(), o::squeezeDims));
      }
      case BuiltinOptions.StridedSliceOptions -> {
        var o = table(operator, new StridedSliceOptions());
        yield new OperatorOptions.StridedSlice(
            o.beginMask(),
            o.endMask(),
            o.ellipsisMask(),
            o.newAxisMask(),
            o.shrinkAxisMask(),
            o.offset());
      }
      case BuiltinOptions.GatherOptions -> {
        var o = table(operator, new GatherOptions());
        yield new OperatorOptions.Gather(o.axis(), o.batchDims());
      }
      case BuiltinOptions.PackOptions -> {
        var o = table(operator, new PackOptions());
        yield new OperatorOptions.Pack(o.valuesCount(), o.axis());
      }
      case BuiltinOptions.UnpackOptions -> {
        var o = table(operator, new UnpackOptions());
        yield new OperatorOptions.Unpack(o.num(), o.axis());
      }
      case BuiltinOptions.SplitOptions ->
          new OperatorOptions.Split(table(operator, new SplitOptions()).numSplits());
      case BuiltinOptions.SplitVOptions ->
          new OperatorOptions.SplitV(table(operator, new SplitVOptions()).numSplits());
      case BuiltinOptions.SpaceToDepthOptions ->
          new OperatorOptions.SpaceToDepth(table(operator, new SpaceToDepthOptions()).blockSize());
      case BuiltinOptions.DepthToSpaceOptions ->
          new OperatorOptions.DepthToSpace(table(operator, new DepthToSpaceOptions()).blockSize());
      case BuiltinOptions.OneHotOptions ->
          new OperatorOptions.OneHot(table(operator, new OneHotOptions()).axis());
      default -> null;
    };
  }

  private static @Nullable OperatorOptions graphs(Operator operator, byte kind) {
    return switch (kind) {
      case BuiltinOptions.ArgMaxOptions ->
          new OperatorOptions.ArgMax(type(table(operator, new ArgMaxOptions()).outputType()));
      case BuiltinOptions.ShapeOptions ->
          new OperatorOptions.Shape(type(table(operator, new ShapeOptions()).outType()));
      case BuiltinOptions.CastOptions -> {
        var o = table(operator, new CastOptions());
        yield new OperatorOptions.Cast(type(o.inDataType()), type(o.outDataType()));
      }
      case BuiltinOptions.CallOnceOptions ->
          new OperatorOptions.CallOnce(table(operator, new CallOnceOptions()).initSubgraphIndex());
      case BuiltinOptions.IfOptions -> {
        var o = table(operator, new IfOptions());
        yield new OperatorOptions.If(o.thenSubgraphIndex(), o.elseSubgraphIndex());
      }
      case BuiltinOptions.VarHandleOptions -> {
        var o = table(operator, new VarHandleOptions());
        yield new OperatorOptions.VarHandle(
            GraphReader.name(o.container()), GraphReader.name(o.sharedName()));
      }
      default -> null;
    };
  }

  /** The two tables with lists are charged before the generated code makes arrays of them. */
  private OperatorOptions carried(Operator operator, byte kind) {
    if (kind == BuiltinOptions.BucketizeOptions) {
      budget.charge(table(operator, new BucketizeOptions()).boundariesLength());
    }
    if (kind == BuiltinOptions.ConcatEmbeddingsOptions) {
      var o = table(operator, new ConcatEmbeddingsOptions());
      budget.charge(o.numColumnsPerChannelLength());
      budget.charge(o.embeddingDimPerChannelLength());
    }
    table(operator, new Table());
    return new OperatorOptions.Other(operator.unpack().getBuiltinOptions());
  }

  private static OperatorOptions arithmetic(ArithmeticKind kind, byte activation, boolean scales) {
    return new OperatorOptions.Arithmetic(kind, activation(activation), scales);
  }

  private static <T extends Table> T table(Operator operator, T into) {
    if (operator.builtinOptions(into) == null) {
      throw GraphReader.damaged("an operator says that it has settings, but has none");
    }
    return into;
  }

  private static Padding padding(byte code) {
    return switch (code) {
      case 0 -> Padding.SAME;
      case 1 -> Padding.VALID;
      default -> throw GraphReader.damaged("an operator has the unknown padding " + code);
    };
  }

  private static Activation activation(byte code) {
    Activation[] all = Activation.values();
    if (code < 0 || code >= all.length) {
      throw GraphReader.damaged("an operator has the unknown activation " + code);
    }
    return all[code];
  }

  private static TensorType type(byte code) {
    return TensorType.ofCode(code)
        .orElseThrow(() -> GraphReader.damaged("an operator has the unknown type " + code));
  }
}
