package io.covey.models.graph;

import com.google.flatbuffers.FlatBufferBuilder;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import java.util.List;
import org.tensorflow.lite.schema.AddOptions;
import org.tensorflow.lite.schema.ArgMaxOptions;
import org.tensorflow.lite.schema.BatchMatMulOptions;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.BuiltinOptionsUnion;
import org.tensorflow.lite.schema.CallOnceOptions;
import org.tensorflow.lite.schema.CastOptions;
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

/** Writes an operator's option table: the inverse of {@link OptionsReader}. */
final class OptionsWriter {

  private final FlatBufferBuilder file;

  OptionsWriter(FlatBufferBuilder file) {
    this.file = file;
  }

  /**
   * A written option table.
   *
   * @param kind its place in the schema's union
   * @param offset where it stands, 0 for none
   */
  record Written(byte kind, int offset) {

    static final Written NOTHING = new Written(BuiltinOptions.NONE, 0);
  }

  /** Writes {@code options}, whose lists and strings come first. */
  Written write(OperatorOptions options) {
    if (options instanceof OperatorOptions.None || options instanceof OperatorOptions.Custom) {
      return Written.NOTHING;
    }
    if (options instanceof OperatorOptions.Other other) {
      return new Written(other.union().getType(), BuiltinOptionsUnion.pack(file, other.union()));
    }
    if (options instanceof Arithmetic arithmetic) {
      return arithmetic(arithmetic);
    }
    for (Writing<?> writing : WRITINGS) {
      if (writing.type().isInstance(options)) {
        return new Written(writing.kind(), writing.apply(file, options));
      }
    }
    throw new IllegalStateException("nothing writes " + options);
  }

  private Written arithmetic(Arithmetic o) {
    byte activation = o.activation().code();
    return switch (o.kind()) {
      case ADD ->
          new Written(
              BuiltinOptions.AddOptions,
              AddOptions.createAddOptions(file, activation, o.powerOfTwoScales()));
      case SUB ->
          new Written(
              BuiltinOptions.SubOptions,
              SubOptions.createSubOptions(file, activation, o.powerOfTwoScales()));
      case MUL ->
          new Written(BuiltinOptions.MulOptions, MulOptions.createMulOptions(file, activation));
      case DIV ->
          new Written(BuiltinOptions.DivOptions, DivOptions.createDivOptions(file, activation));
    };
  }

  /** How one kind of options is written. */
  private record Writing<T extends OperatorOptions>(Class<T> type, byte kind, Table<T> table) {

    int apply(FlatBufferBuilder file, OperatorOptions options) {
      return table.write(file, type.cast(options));
    }
  }

  /** Writes one table and answers where it stands. */
  private interface Table<T> {
    int write(FlatBufferBuilder file, T options);
  }

  private static final Writing<?>[] WRITINGS = {
    new Writing<>(
        OperatorOptions.Conv2D.class,
        BuiltinOptions.Conv2DOptions,
        (file, o) ->
            Conv2DOptions.createConv2DOptions(
                file,
                o.padding().code(),
                o.stride().width(),
                o.stride().height(),
                o.activation().code(),
                o.dilation().width(),
                o.dilation().height())),
    new Writing<>(
        OperatorOptions.DepthwiseConv2D.class,
        BuiltinOptions.DepthwiseConv2DOptions,
        (file, o) ->
            DepthwiseConv2DOptions.createDepthwiseConv2DOptions(
                file,
                o.padding().code(),
                o.stride().width(),
                o.stride().height(),
                o.multiplier(),
                o.activation().code(),
                o.dilation().width(),
                o.dilation().height())),
    new Writing<>(
        OperatorOptions.TransposeConv.class,
        BuiltinOptions.TransposeConvOptions,
        (file, o) ->
            TransposeConvOptions.createTransposeConvOptions(
                file,
                o.padding().code(),
                o.stride().width(),
                o.stride().height(),
                o.activation().code())),
    new Writing<>(
        OperatorOptions.Pool2D.class,
        BuiltinOptions.Pool2DOptions,
        (file, o) ->
            Pool2DOptions.createPool2DOptions(
                file,
                o.padding().code(),
                o.stride().width(),
                o.stride().height(),
                o.window().width(),
                o.window().height(),
                o.activation().code())),
    new Writing<>(
        OperatorOptions.FullyConnected.class,
        BuiltinOptions.FullyConnectedOptions,
        (file, o) ->
            FullyConnectedOptions.createFullyConnectedOptions(
                file,
                o.activation().code(),
                (byte) (o.shuffledWeights() ? 1 : 0),
                o.keepNumDims(),
                o.asymmetricInputs())),
    new Writing<>(
        OperatorOptions.BatchMatMul.class,
        BuiltinOptions.BatchMatMulOptions,
        (file, o) ->
            BatchMatMulOptions.createBatchMatMulOptions(
                file, o.adjointX(), o.adjointY(), o.asymmetricInputs())),
    new Writing<>(
        OperatorOptions.Concatenation.class,
        BuiltinOptions.ConcatenationOptions,
        (file, o) ->
            ConcatenationOptions.createConcatenationOptions(file, o.axis(), o.activation().code())),
    new Writing<>(
        OperatorOptions.Softmax.class,
        BuiltinOptions.SoftmaxOptions,
        (file, o) -> SoftmaxOptions.createSoftmaxOptions(file, o.beta())),
    new Writing<>(
        OperatorOptions.L2Normalization.class,
        BuiltinOptions.L2NormOptions,
        (file, o) -> L2NormOptions.createL2NormOptions(file, o.activation().code())),
    new Writing<>(
        OperatorOptions.Reshape.class,
        BuiltinOptions.ReshapeOptions,
        (file, o) ->
            ReshapeOptions.createReshapeOptions(
                file, ReshapeOptions.createNewShapeVector(file, ints(o.shape())))),
    new Writing<>(
        OperatorOptions.Squeeze.class,
        BuiltinOptions.SqueezeOptions,
        (file, o) ->
            SqueezeOptions.createSqueezeOptions(
                file, SqueezeOptions.createSqueezeDimsVector(file, ints(o.dimensions())))),
    new Writing<>(
        OperatorOptions.Reduction.class,
        BuiltinOptions.ReducerOptions,
        (file, o) -> ReducerOptions.createReducerOptions(file, o.keepDimensions())),
    new Writing<>(
        OperatorOptions.StridedSlice.class,
        BuiltinOptions.StridedSliceOptions,
        (file, o) ->
            StridedSliceOptions.createStridedSliceOptions(
                file,
                o.beginMask(),
                o.endMask(),
                o.ellipsisMask(),
                o.newAxisMask(),
                o.shrinkAxisMask(),
                o.endIsOffset())),
    new Writing<>(
        OperatorOptions.ResizeBilinear.class,
        BuiltinOptions.ResizeBilinearOptions,
        (file, o) ->
            ResizeBilinearOptions.createResizeBilinearOptions(
                file, o.alignCorners(), o.halfPixelCenters())),
    new Writing<>(
        OperatorOptions.ResizeNearest.class,
        BuiltinOptions.ResizeNearestNeighborOptions,
        (file, o) ->
            ResizeNearestNeighborOptions.createResizeNearestNeighborOptions(
                file, o.alignCorners(), o.halfPixelCenters())),
    new Writing<>(
        OperatorOptions.Gather.class,
        BuiltinOptions.GatherOptions,
        (file, o) -> GatherOptions.createGatherOptions(file, o.axis(), o.batchDimensions())),
    new Writing<>(
        OperatorOptions.Pack.class,
        BuiltinOptions.PackOptions,
        (file, o) -> PackOptions.createPackOptions(file, o.count(), o.axis())),
    new Writing<>(
        OperatorOptions.Unpack.class,
        BuiltinOptions.UnpackOptions,
        (file, o) -> UnpackOptions.createUnpackOptions(file, o.count(), o.axis())),
    new Writing<>(
        OperatorOptions.Split.class,
        BuiltinOptions.SplitOptions,
        (file, o) -> SplitOptions.createSplitOptions(file, o.count())),
    new Writing<>(
        OperatorOptions.SplitV.class,
        BuiltinOptions.SplitVOptions,
        (file, o) -> SplitVOptions.createSplitVOptions(file, o.count())),
    new Writing<>(
        OperatorOptions.LeakyRelu.class,
        BuiltinOptions.LeakyReluOptions,
        (file, o) -> LeakyReluOptions.createLeakyReluOptions(file, o.alpha())),
    new Writing<>(
        OperatorOptions.Gelu.class,
        BuiltinOptions.GeluOptions,
        (file, o) -> GeluOptions.createGeluOptions(file, o.isApproximate())),
    new Writing<>(
        OperatorOptions.SpaceToDepth.class,
        BuiltinOptions.SpaceToDepthOptions,
        (file, o) -> SpaceToDepthOptions.createSpaceToDepthOptions(file, o.blockSize())),
    new Writing<>(
        OperatorOptions.DepthToSpace.class,
        BuiltinOptions.DepthToSpaceOptions,
        (file, o) -> DepthToSpaceOptions.createDepthToSpaceOptions(file, o.blockSize())),
    new Writing<>(
        OperatorOptions.ArgMax.class,
        BuiltinOptions.ArgMaxOptions,
        (file, o) -> ArgMaxOptions.createArgMaxOptions(file, o.outputType().code())),
    new Writing<>(
        OperatorOptions.OneHot.class,
        BuiltinOptions.OneHotOptions,
        (file, o) -> OneHotOptions.createOneHotOptions(file, o.axis())),
    new Writing<>(
        OperatorOptions.Cast.class,
        BuiltinOptions.CastOptions,
        (file, o) -> CastOptions.createCastOptions(file, o.from().code(), o.to().code())),
    new Writing<>(
        OperatorOptions.Shape.class,
        BuiltinOptions.ShapeOptions,
        (file, o) -> ShapeOptions.createShapeOptions(file, o.outputType().code())),
    new Writing<>(
        OperatorOptions.MirrorPad.class,
        BuiltinOptions.MirrorPadOptions,
        (file, o) ->
            MirrorPadOptions.createMirrorPadOptions(
                file, o.isSymmetric() ? MirrorPadMode.SYMMETRIC : MirrorPadMode.REFLECT)),
    new Writing<>(
        OperatorOptions.CumulativeSum.class,
        BuiltinOptions.CumsumOptions,
        (file, o) -> CumsumOptions.createCumsumOptions(file, o.isExclusive(), o.isReverse())),
    new Writing<>(
        OperatorOptions.CallOnce.class,
        BuiltinOptions.CallOnceOptions,
        (file, o) -> CallOnceOptions.createCallOnceOptions(file, o.subgraph())),
    new Writing<>(
        OperatorOptions.If.class,
        BuiltinOptions.IfOptions,
        (file, o) -> IfOptions.createIfOptions(file, o.thenSubgraph(), o.elseSubgraph())),
    new Writing<>(
        OperatorOptions.VarHandle.class,
        BuiltinOptions.VarHandleOptions,
        (file, o) ->
            VarHandleOptions.createVarHandleOptions(
                file, file.createString(o.container()), file.createString(o.sharedName())))
  };

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
