package io.covey.models.training.channelfirst;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.OperatorOptions.Conv2D;
import io.covey.models.training.emit.Emitter;
import io.covey.models.training.emit.WindowEmitter;
import io.covey.models.training.gradient.ForwardStep;
import io.covey.models.training.gradient.Gradients;
import io.covey.models.training.gradient.Masks;
import io.covey.models.training.gradient.WindowGeometry;
import java.util.List;

/**
 * A convolution of {@code x[in, n, h, w]} with {@code filter[out, kh, kw, in]}, giving {@code
 * y[out, n, oh, ow]}; with a pool, {@code y[out, n, oh/2, ow/2]}, the largest of each two by two.
 *
 * <p>Bias and activation come after the pool, on a quarter of the elements: both keep the order of
 * values, so that the largest stays the largest.
 */
public final class Convolution implements ForwardStep {

  private final Operands operands;
  private final Conv2D options;
  private final WindowGeometry geometry;
  private final int columns;
  private final int filter;
  private final TwoByTwo pool;
  private final int output;

  /**
   * What a convolution takes: positions of tensors.
   *
   * @param x channel by channel
   * @param filter in the file's layout
   * @param bias a vector
   */
  public record Operands(int x, int filter, int bias) {}

  private Convolution(
      Emitter emit, Operands operands, Conv2D options, WindowGeometry geometry, boolean isPooled) {
    this.operands = operands;
    this.options = options;
    this.geometry = geometry;
    List<Integer> shape = emit.shape(operands.filter());
    int outputs = shape.get(0);
    int inputs = shape.get(3);
    this.columns = new Columns(emit, geometry, inputs).of(operands.x());
    this.filter =
        emit.reshape(operands.filter(), List.of(outputs, shape.get(1) * shape.get(2) * inputs));
    int product = emit.matrixProduct(filter, false, columns, false);
    this.pool =
        isPooled ? TwoByTwo.write(emit, product, geometry.positions()) : TwoByTwo.none(product);
    int bias = emit.reshape(operands.bias(), List.of(outputs, 1));
    int flat = emit.reshape(pool.result(), List.of(outputs, GraphTensor.ANY));
    int active =
        emit.float32(
            Builtin.ADD,
            emit.shape(flat),
            Arithmetic.of(ArithmeticKind.ADD, options.activation()),
            flat,
            bias);
    int factor = isPooled ? 2 : 1;
    this.output =
        emit.reshape(
            active,
            List.of(
                outputs,
                GraphTensor.ANY,
                geometry.positions().height() / factor,
                geometry.positions().width() / factor));
  }

  /** Whether the activation has a mask, and the sum's kernel has the activation. */
  public static boolean takes(Activation activation) {
    return switch (activation) {
      case NONE, RELU, RELU6, RELU_N1_TO_1 -> true;
      case TANH, SIGN_BIT -> false;
    };
  }

  /**
   * Writes one.
   *
   * @param geometry where the filter stands on the image
   * @param isPooled whether a pool of two by two follows, which needs even numbers of positions
   */
  public static Convolution write(
      Emitter emit, Operands operands, Conv2D options, WindowGeometry geometry, boolean isPooled) {
    return new Convolution(emit, operands, options, geometry, isPooled);
  }

  /** The position of what it gives, channel by channel. */
  public int output() {
    return output;
  }

  @Override
  public List<Integer> inputs() {
    return List.of(operands.x(), operands.filter(), operands.bias());
  }

  @Override
  public List<Integer> outputs() {
    return List.of(output);
  }

  @Override
  public boolean stopsGradient() {
    return false;
  }

  @Override
  public void differentiate(Emitter emit, Gradients gradients) {
    Integer known = gradients.of(output);
    if (known == null) {
      return;
    }
    List<Integer> rows = List.of(emit.shape(filter).get(0), GraphTensor.ANY);
    int active = Masks.before(emit, options.activation(), output, known);
    int gradient = emit.reshape(active, rows);
    if (gradients.wants(operands.bias())) {
      gradients.add(emit, operands.bias(), emit.sum(gradient, /* keepDimensions= */ false, 1));
    }
    int product = pool.gradient(emit, gradient);
    if (gradients.wants(operands.filter())) {
      int byFilter = rowsByRows(emit, emit.reshape(product, rows), columns);
      gradients.add(emit, operands.filter(), emit.reshape(byFilter, emit.shape(operands.filter())));
    }
    if (gradients.wants(operands.x())) {
      gradients.add(emit, operands.x(), byImage(emit, emit.reshape(product, rows)));
    }
  }

  /**
   * {@code a[m, p] b[k, p]^T}. The kernel packs its second operand into tiles of 16 rows, so that
   * it pays to have the one with fewer of them there.
   */
  private static int rowsByRows(Emitter emit, int a, int b) {
    long m = emit.shape(a).get(0);
    long k = emit.shape(b).get(0);
    return cost(m, k) <= cost(k, m)
        ? emit.matrixProduct(a, false, b, true)
        : emit.transpose(emit.matrixProduct(b, false, a, true), 1, 0);
  }

  private static long cost(long rows, long packed) {
    return rows * 16 * ((packed + 15) / 16) + 16 * packed;
  }

  /** The runtime's transposed convolution, between two transpositions, is the fastest known. */
  private int byImage(Emitter emit, int product) {
    WindowEmitter windows = new WindowEmitter(emit);
    List<Integer> shape = emit.shape(operands.filter());
    int outputs = shape.get(0);
    int inputs = shape.get(3);
    int images =
        emit.reshape(
            product,
            List.of(
                outputs,
                GraphTensor.ANY,
                geometry.positions().height(),
                geometry.positions().width()));
    int gradient = emit.transpose(images, 1, 2, 3, 0);
    int turned = emit.transpose(operands.filter(), 3, 1, 2, 0);
    // Of the right shape for any batch, which a constant could not say; its values do not matter.
    int like =
        emit.reshape(
            operands.x(),
            List.of(GraphTensor.ANY, geometry.image().height(), geometry.image().width(), inputs));
    int result =
        windows.transposedConvolution(like, turned, gradient, options.padding(), options.stride());
    return emit.transpose(result, 3, 0, 1, 2);
  }
}
