package io.covey.models.training.interpreter;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.graph.OperatorOptions.DepthwiseConv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.Pool2D;
import io.covey.models.graph.OperatorOptions.ResizeBilinear;
import io.covey.models.graph.OperatorOptions.ResizeNearest;
import io.covey.models.graph.OperatorOptions.TransposeConv;
import io.covey.models.graph.Padding;
import io.covey.models.graph.TensorType;
import io.covey.models.training.interpreter.OperatorCase.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Cases of what slides windows over images and resizes them. */
final class WindowCases {

  private static final Example IMAGE = Example.of(7, 6, 2);
  private static final Extent[] STRIDES = {Extent.ONE, new Extent(2, 2), new Extent(3, 1)};
  private static final Extent[] WINDOWS = {Extent.ONE, new Extent(3, 3), new Extent(2, 3)};
  private static final Activation[] ACTIVATIONS = {
    Activation.RELU, Activation.RELU6, Activation.RELU_N1_TO_1
  };

  private final List<OperatorCase> cases = new ArrayList<>();

  private WindowCases() {}

  static List<OperatorCase> all() {
    WindowCases own = new WindowCases();
    for (Padding padding : Padding.values()) {
      own.convolutions(padding);
      own.depthwise(padding);
      own.transposed(padding);
      own.pools(padding);
    }
    own.resizing();
    return own.cases;
  }

  private void convolutions(Padding padding) {
    for (Extent window : WINDOWS) {
      for (Extent stride : STRIDES) {
        Conv2D options = new Conv2D(padding, stride, Extent.ONE, Activation.NONE);
        add(Builtin.CONV_2D, IMAGE, window + " " + options, s -> convolution(s, window, options));
        add(
            Builtin.CONV_2D,
            IMAGE,
            "frozen " + window + " " + options,
            s -> frozenConvolution(s, window, options));
      }
    }
    Extent three = new Extent(3, 3);
    for (Activation activation : ACTIVATIONS) {
      Conv2D options = new Conv2D(padding, Extent.ONE, Extent.ONE, activation);
      add(Builtin.CONV_2D, IMAGE, "" + options, s -> convolution(s, three, options));
      add(Builtin.CONV_2D, IMAGE, "1x1 " + options, s -> convolution(s, Extent.ONE, options));
    }
    Conv2D dilated = new Conv2D(padding, Extent.ONE, new Extent(2, 2), Activation.NONE);
    Conv2D uneven = new Conv2D(padding, Extent.ONE, new Extent(1, 2), Activation.RELU);
    add(Builtin.CONV_2D, IMAGE, "" + dilated, s -> convolution(s, three, dilated));
    add(Builtin.CONV_2D, IMAGE, "" + uneven, s -> convolution(s, three, uneven));
    Conv2D plain = new Conv2D(padding, Extent.ONE, Extent.ONE, Activation.NONE);
    Conv2D strided = new Conv2D(padding, new Extent(2, 2), Extent.ONE, Activation.NONE);
    Example wide = Example.of(5, 5, 4);
    add(Builtin.CONV_2D, wide, "groups " + plain, s -> grouped(s, plain));
    add(Builtin.CONV_2D, wide, "groups " + strided, s -> grouped(s, strided));
  }

  private static int convolution(GraphSketch s, Extent window, Conv2D options) {
    int filter = s.weights(4, window.height(), window.width(), 2);
    return s.op(Builtin.CONV_2D, options, s.shifted(), filter, s.weights(4));
  }

  private static int frozenConvolution(GraphSketch s, Extent window, Conv2D options) {
    int filter = s.constant(-1, 1, List.of(4, window.height(), window.width(), 2));
    return s.op(Builtin.CONV_2D, options, s.shifted(), filter, s.constant(-1, 1, List.of(4)));
  }

  private static int grouped(GraphSketch s, Conv2D options) {
    return s.op(Builtin.CONV_2D, options, s.shifted(), s.weights(6, 3, 3, 2), s.weights(6));
  }

  private void depthwise(Padding padding) {
    for (int multiplier = 1; multiplier <= 2; multiplier++) {
      for (Extent stride : new Extent[] {Extent.ONE, new Extent(2, 2)}) {
        DepthwiseConv2D options =
            new DepthwiseConv2D(padding, stride, Extent.ONE, multiplier, Activation.NONE);
        add(Builtin.DEPTHWISE_CONV_2D, IMAGE, "" + options, s -> depthwise(s, options));
      }
      DepthwiseConv2D options =
          new DepthwiseConv2D(
              padding, Extent.ONE, new Extent(2, 2), multiplier, Activation.RELU_N1_TO_1);
      add(Builtin.DEPTHWISE_CONV_2D, IMAGE, "" + options, s -> depthwise(s, options));
    }
    for (Activation activation : ACTIVATIONS) {
      DepthwiseConv2D options = new DepthwiseConv2D(padding, Extent.ONE, Extent.ONE, 1, activation);
      add(Builtin.DEPTHWISE_CONV_2D, IMAGE, "" + options, s -> depthwise(s, options));
    }
  }

  private static int depthwise(GraphSketch s, DepthwiseConv2D options) {
    int channels = 2 * options.multiplier();
    return s.op(
        Builtin.DEPTHWISE_CONV_2D,
        options,
        s.shifted(),
        s.weights(1, 3, 3, channels),
        s.weights(channels));
  }

  private void transposed(Padding padding) {
    Extent three = new Extent(3, 3);
    for (Extent stride : new Extent[] {Extent.ONE, new Extent(2, 2)}) {
      TransposeConv options = new TransposeConv(padding, stride, Activation.NONE);
      add(Builtin.TRANSPOSE_CONV, Example.of(3, 4, 2), "" + options, s -> transposed(s, options));
    }
    TransposeConv active = new TransposeConv(padding, three, Activation.RELU);
    add(Builtin.TRANSPOSE_CONV, Example.of(3, 4, 2), "" + active, s -> transposed(s, active));
  }

  private static int transposed(GraphSketch s, TransposeConv options) {
    boolean isSame = options.padding() == Padding.SAME;
    int height = 3 * options.stride().height() + (isSame ? 0 : 3 - options.stride().height());
    int width = 4 * options.stride().width() + (isSame ? 0 : 3 - options.stride().width());
    int batched =
        s.op(Builtin.SHAPE, TensorType.INT32, new OperatorOptions.Shape(TensorType.INT32), s.x());
    int first =
        s.op(
            Builtin.STRIDED_SLICE,
            TensorType.INT32,
            OperatorOptions.StridedSlice.PLAIN,
            batched,
            s.ints(0),
            s.ints(1),
            s.ints(1));
    int shape =
        s.op(
            Builtin.CONCATENATION,
            TensorType.INT32,
            new OperatorOptions.Concatenation(0, Activation.NONE),
            first,
            s.ints(height, width, 3));
    return s.op(
        Builtin.TRANSPOSE_CONV, options, shape, s.weights(3, 3, 3, 2), s.shifted(), s.weights(3));
  }

  private void pools(Padding padding) {
    for (Builtin code : new Builtin[] {Builtin.MAX_POOL_2D, Builtin.AVERAGE_POOL_2D}) {
      for (Extent window : new Extent[] {new Extent(2, 2), new Extent(3, 3), new Extent(2, 3)}) {
        for (Extent stride : new Extent[] {Extent.ONE, window, new Extent(2, 1)}) {
          Pool2D options = new Pool2D(padding, stride, window, Activation.NONE);
          add(code, IMAGE, "" + options, s -> s.op(code, options, s.shifted()));
        }
      }
      for (Activation activation : ACTIVATIONS) {
        Extent two = new Extent(2, 2);
        Pool2D options = new Pool2D(padding, two, two, activation);
        Pool2D overlapping = new Pool2D(padding, Extent.ONE, two, activation);
        add(code, IMAGE, "" + options, s -> s.op(code, options, s.shifted()));
        add(code, IMAGE, "" + overlapping, s -> s.op(code, overlapping, s.shifted()));
      }
      Pool2D apart = new Pool2D(padding, new Extent(3, 3), new Extent(2, 2), Activation.NONE);
      add(code, IMAGE, "" + apart, s -> s.op(code, apart, s.shifted()));
    }
  }

  private void resizing() {
    int[][] sizes = {{5, 7}, {2, 3}, {8, 12}, {1, 1}};
    boolean[][] flags = {{false, false}, {true, false}, {false, true}};
    for (int[] size : sizes) {
      for (boolean[] flag : flags) {
        ResizeBilinear bilinear = new ResizeBilinear(flag[0], flag[1]);
        ResizeNearest nearest = new ResizeNearest(flag[0], flag[1]);
        Example image = Example.of(4, 6, 2);
        String to = size[0] + "x" + size[1] + " ";
        add(
            Builtin.RESIZE_BILINEAR,
            image,
            to + bilinear,
            s -> s.op(Builtin.RESIZE_BILINEAR, bilinear, s.shifted(), s.ints(size)));
        add(
            Builtin.RESIZE_NEAREST_NEIGHBOR,
            image,
            to + nearest,
            s -> s.op(Builtin.RESIZE_NEAREST_NEIGHBOR, nearest, s.shifted(), s.ints(size)));
      }
    }
  }

  private void add(Builtin code, Example example, String what, ToIntFunction<GraphSketch> body) {
    cases.add(new OperatorCase(code, what, example, body));
  }
}
