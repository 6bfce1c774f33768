package io.covey.models.training.channelfirst;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.training.emit.Emitter;
import java.util.List;

/**
 * The largest of each two by two of {@code [channels, n*h*w]}. The four are kept apart, as four
 * long vectors, so that nothing but sums, products and maxima is needed, forwards and backwards.
 *
 * <p>Of equal values the first in row-major order is taken, as in TensorFlow: a background that is
 * the same everywhere makes such ties the rule.
 */
final class TwoByTwo {

  private final int product;
  private final int result;
  private final int[] corners;
  private final int top;
  private final int bottom;
  private final Extent positions;

  private TwoByTwo(int product) {
    this.product = product;
    this.result = product;
    this.corners = new int[0];
    this.top = product;
    this.bottom = product;
    this.positions = Extent.ONE;
  }

  private TwoByTwo(Emitter emit, int product, Extent positions) {
    this.product = product;
    this.positions = positions;
    List<Integer> halves =
        List.of(GraphTensor.ANY, positions.height() / 2, 2, positions.width() / 2, 2);
    int apart = emit.transpose(emit.reshape(product, halves), 2, 4, 0, 1, 3);
    int four = emit.reshape(apart, List.of(4, GraphTensor.ANY));
    this.corners = new int[4];
    for (int i = 0; i < corners.length; i++) {
      corners[i] = emit.slice(four, new int[] {i, 0}, new int[] {1, -1});
    }
    this.top = emit.binary(Builtin.MAXIMUM, corners[0], corners[1]);
    this.bottom = emit.binary(Builtin.MAXIMUM, corners[2], corners[3]);
    this.result = emit.binary(Builtin.MAXIMUM, top, bottom);
  }

  /** No pool at all. */
  static TwoByTwo none(int product) {
    return new TwoByTwo(product);
  }

  /**
   * Writes it.
   *
   * @param product {@code [channels, n*h*w]}
   * @param positions h and w, both even
   */
  static TwoByTwo write(Emitter emit, int product, Extent positions) {
    return new TwoByTwo(emit, product, positions);
  }

  /** The largest, {@code [1, channels*n*h/2*w/2]}; without a pool, what went in. */
  int result() {
    return result;
  }

  /** The gradient of what went in, from that of the result, of any shape with as many elements. */
  int gradient(Emitter emit, int gradient) {
    if (corners.length == 0) {
      return gradient;
    }
    int flat = emit.reshape(gradient, List.of(1, GraphTensor.ANY));
    int toBottom = emit.multiply(flat, isLess(emit, top, result));
    int toTop = emit.subtract(flat, toBottom);
    int second = emit.multiply(toTop, isLess(emit, corners[0], top));
    int first = emit.subtract(toTop, second);
    int fourth = emit.multiply(toBottom, isLess(emit, corners[2], bottom));
    int third = emit.subtract(toBottom, fourth);
    int four = emit.concatenate(0, first, second, third, fourth);
    List<Integer> split =
        List.of(2, 2, GraphTensor.ANY, positions.height() / 2, positions.width() / 2);
    int back = emit.transpose(emit.reshape(four, split), 2, 3, 0, 4, 1);
    return emit.reshape(back, emit.shape(product));
  }

  /**
   * 1 where {@code a < b}, 0 where they are equal; a is never larger. Times the largest float, a
   * difference of two floats is either zero or, unless it is denormal, at least 1.
   */
  private static int isLess(Emitter emit, int a, int b) {
    int difference = emit.subtract(b, a);
    return emit.float32(
        Builtin.MUL,
        emit.shape(difference),
        Arithmetic.of(ArithmeticKind.MUL, Activation.RELU_N1_TO_1),
        difference,
        emit.scalar(Float.MAX_VALUE));
  }
}
