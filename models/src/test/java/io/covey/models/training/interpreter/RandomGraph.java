package io.covey.models.training.interpreter;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.graph.OperatorOptions.DepthwiseConv2D;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.Pool2D;
import io.covey.models.graph.Padding;
import io.covey.models.training.loss.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small valid graph, chosen by a seed: image operators, then rows, then an end that fits the
 * loss.
 *
 * @param batch the one batch size, or {@link GraphTensor#ANY}
 */
record RandomGraph(GraphSketch sketch, int output, Loss loss, int batch) {

  private static final int CLASSES = 3;
  private static final int FIXED_BATCH = 4;

  static RandomGraph of(long seed) {
    return new Generator(seed).generate();
  }

  /** Chooses. */
  private static final class Generator {

    private final Random random;
    private final int batch;
    private final GraphSketch sketch;

    Generator(long seed) {
      this.random = new Random(seed);
      this.batch = random.nextInt(6) == 0 ? FIXED_BATCH : GraphTensor.ANY;
      List<Integer> image =
          List.of(4 + random.nextInt(4), 4 + random.nextInt(4), 1 + random.nextInt(3));
      this.sketch = new GraphSketch(batch, seed, image).range(-1, 1);
    }

    RandomGraph generate() {
      int tensor = sketch.x();
      for (int steps = random.nextInt(4); steps > 0; steps--) {
        tensor = image(tensor);
      }
      tensor = dense(sketch.flat(tensor), 2 + random.nextInt(5), activation());
      for (int steps = random.nextInt(3); steps > 0; steps--) {
        tensor = row(tensor);
      }
      int logits = dense(tensor, CLASSES, Activation.NONE);
      Loss[] losses = Loss.values();
      Loss loss = losses[random.nextInt(losses.length)];
      return new RandomGraph(sketch, end(logits, loss), loss, batch);
    }

    private int end(int logits, Loss loss) {
      boolean isUndone = random.nextBoolean();
      return switch (loss) {
        case SOFTMAX_CROSS_ENTROPY ->
            isUndone ? sketch.op(Builtin.SOFTMAX, new OperatorOptions.Softmax(1), logits) : logits;
        case SIGMOID_CROSS_ENTROPY -> isUndone ? sketch.op(Builtin.LOGISTIC, logits) : logits;
        case MEAN_SQUARED_ERROR, HUBER -> isUndone ? sketch.op(Builtin.TANH, logits) : logits;
      };
    }

    private Activation activation() {
      Activation[] some = {Activation.NONE, Activation.RELU, Activation.RELU6};
      return some[random.nextInt(some.length)];
    }

    private Padding padding() {
      return random.nextBoolean() ? Padding.SAME : Padding.VALID;
    }

    private Extent extent(int most) {
      return new Extent(1 + random.nextInt(most), 1 + random.nextInt(most));
    }

    private int image(int x) {
      List<Integer> shape = sketch.shapeOf(x);
      boolean isSmall = shape.get(1) < 3 || shape.get(2) < 3;
      return switch (random.nextInt(isSmall ? 4 : 9)) {
        case 0 -> sketch.op(elementwise(), x);
        case 1 -> sketch.add(x, sketch.op(Builtin.SIN, x));
        case 2 -> sketch.op(Builtin.TRANSPOSE, x, sketch.ints(0, 2, 1, 3));
        case 3 -> concatenated(x);
        case 4 -> pool(x);
        case 5 -> depthwise(x, shape.get(3));
        case 6 -> deadEnd(x);
        default -> convolution(x, shape.get(3));
      };
    }

    private Builtin elementwise() {
      Builtin[] some = {
        Builtin.TANH,
        Builtin.LOGISTIC,
        Builtin.RELU,
        Builtin.ELU,
        Builtin.HARD_SWISH,
        Builtin.SQUARE
      };
      return some[random.nextInt(some.length)];
    }

    private int concatenated(int x) {
      OperatorOptions options =
          new OperatorOptions.Concatenation(random.nextBoolean() ? 3 : -2, Activation.NONE);
      return sketch.op(Builtin.CONCATENATION, options, x, sketch.op(elementwise(), x));
    }

    private int pool(int x) {
      Extent window = extent(3);
      Extent stride = random.nextBoolean() ? window : extent(2);
      Builtin code = random.nextBoolean() ? Builtin.MAX_POOL_2D : Builtin.AVERAGE_POOL_2D;
      return sketch.op(code, new Pool2D(padding(), stride, window, activation()), x);
    }

    private int depthwise(int x, int channels) {
      int multiplier = 1 + random.nextInt(2);
      Extent window = extent(3);
      DepthwiseConv2D options =
          new DepthwiseConv2D(padding(), Extent.ONE, Extent.ONE, multiplier, activation());
      int filter = sketch.weights(1, window.height(), window.width(), channels * multiplier);
      return sketch.op(
          Builtin.DEPTHWISE_CONV_2D, options, x, filter, sketch.weights(channels * multiplier));
    }

    private int convolution(int x, int channels) {
      int outputs = 1 + random.nextInt(4);
      Extent window = extent(3);
      Conv2D options = new Conv2D(padding(), extent(2), Extent.ONE, activation());
      int filter = sketch.weights(outputs, window.height(), window.width(), channels);
      int result = sketch.op(Builtin.CONV_2D, options, x, filter, sketch.weights(outputs));
      boolean isPooled = random.nextBoolean() && isEven(result);
      Extent two = new Extent(2, 2);
      Pool2D pool = new Pool2D(Padding.VALID, two, two, Activation.NONE);
      return isPooled ? sketch.op(Builtin.MAX_POOL_2D, pool, result) : result;
    }

    private boolean isEven(int image) {
      List<Integer> shape = sketch.shapeOf(image);
      return shape.get(1) % 2 == 0 && shape.get(2) % 2 == 0;
    }

    /** Something that nothing reads, with weights of its own. */
    private int deadEnd(int x) {
      dense(sketch.flat(x), 2, Activation.RELU);
      return x;
    }

    private int dense(int x, int outputs, Activation activation) {
      int inputs = sketch.shapeOf(x).get(1);
      if (random.nextInt(4) == 0) {
        OperatorOptions options =
            new OperatorOptions.FullyConnected(activation, false, false, false);
        return sketch.op(Builtin.FULLY_CONNECTED, options, x, sketch.weights(outputs, inputs), -1);
      }
      return sketch.dense(x, outputs, inputs, activation);
    }

    private int row(int x) {
      int inputs = sketch.shapeOf(x).get(1);
      return switch (random.nextInt(4)) {
        case 0 -> dense(x, 2 + random.nextInt(4), activation());
        case 1 -> twice(x, inputs);
        case 2 -> scaled(x, inputs);
        default -> {
          int inner = dense(x, inputs, Activation.RELU);
          yield sketch.add(x, inner);
        }
      };
    }

    /** Two layers with the same weights. */
    private int twice(int x, int inputs) {
      int size = Math.min(inputs, 6);
      int narrow = dense(x, size, Activation.NONE);
      int weights = sketch.weights(size, size);
      int bias = sketch.weights(size);
      List<Integer> layers = new ArrayList<>(List.of(narrow));
      for (int i = 0; i < 2; i++) {
        OperatorOptions options =
            new OperatorOptions.FullyConnected(Activation.RELU6, false, false, false);
        layers.add(sketch.op(Builtin.FULLY_CONNECTED, options, layers.get(i), weights, bias));
      }
      return sketch.add(layers.get(1), layers.get(2));
    }

    private int scaled(int x, int inputs) {
      Arithmetic options = Arithmetic.of(ArithmeticKind.MUL, activation());
      return sketch.op(
          Builtin.MUL, options, dense(x, inputs, activation()), sketch.weights(inputs));
    }
  }
}
