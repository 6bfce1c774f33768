package io.covey.models.training.interpreter;

import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.BatchMatMul;
import io.covey.models.graph.OperatorOptions.CumulativeSum;
import io.covey.models.graph.OperatorOptions.FullyConnected;
import java.util.Arrays;

/** Products of matrices, reductions, and normalizations over the last dimension. */
final class MatrixReference {

  private MatrixReference() {}

  static Array64 fullyConnected(Call call) {
    FullyConnected options = call.options(FullyConnected.class);
    Array64 weights = call.input(1);
    int inputs = weights.size(1);
    int outputs = weights.size(0);
    Array64 rows = call.input(0).reshaped(-1, inputs);
    Array64 result =
        Array64.generate(
            new int[] {rows.size(0), outputs},
            i -> {
              double sum = call.has(2) ? call.input(2).at(i[1]) : 0;
              for (int k = 0; k < inputs; k++) {
                sum += rows.at(i[0], k) * weights.at(i[1], k);
              }
              return sum;
            });
    int[] shape = call.input(0).sizes();
    shape[shape.length - 1] = outputs;
    return ElementwiseReference.activated(
        options.keepNumDims() ? result.reshaped(shape) : result, options.activation());
  }

  static Array64 batchMatMul(Call call) {
    BatchMatMul options = call.options(BatchMatMul.class);
    Array64 a = call.input(0);
    Array64 b = call.input(1);
    int rank = Math.max(a.rank(), b.rank());
    int[] shape = new int[rank];
    int[] broadcast = ElementwiseReference.broadcast(outer(a), outer(b));
    System.arraycopy(broadcast, 0, shape, 0, broadcast.length);
    shape[rank - 2] = a.size(a.rank() - (options.adjointX() ? 1 : 2));
    shape[rank - 1] = b.size(b.rank() - (options.adjointY() ? 2 : 1));
    int inner = a.size(a.rank() - (options.adjointX() ? 2 : 1));
    return Array64.generate(
        shape,
        i -> {
          double sum = 0;
          for (int k = 0; k < inner; k++) {
            sum +=
                a.broadcastAt(matrix(i, i[rank - 2], k, options.adjointX()))
                    * b.broadcastAt(matrix(i, k, i[rank - 1], options.adjointY()));
          }
          return sum;
        });
  }

  /** The leading dimensions; the values do not matter. */
  private static Array64 outer(Array64 a) {
    return Array64.generate(Arrays.copyOf(a.sizes(), a.rank() - 2), i -> 0);
  }

  private static int[] matrix(int[] index, int row, int column, boolean isSwapped) {
    int[] own = index.clone();
    own[own.length - 2] = isSwapped ? column : row;
    own[own.length - 1] = isSwapped ? row : column;
    return own;
  }

  private static double alongLast(Array64 x, int[] index, boolean isMax, double beta) {
    double result = isMax ? Double.NEGATIVE_INFINITY : 0;
    double largest = isMax ? 0 : alongLast(x, index, true, beta);
    for (int i = 0; i < x.size(x.rank() - 1); i++) {
      double value = beta * x.at(Call.with(index, x.rank() - 1, i));
      result = isMax ? Math.max(result, value) : result + Math.exp(value - largest);
    }
    return isMax ? result : largest + Math.log(result);
  }

  static Array64 softmax(Call call) {
    Array64 x = call.input(0);
    double beta = call.options(OperatorOptions.Softmax.class).beta();
    return Array64.generate(
        x.sizes(), i -> Math.exp(beta * x.at(i) - alongLast(x, i, /* isMax= */ false, beta)));
  }

  static Array64 logSoftmax(Call call) {
    Array64 x = call.input(0);
    return Array64.generate(
        x.sizes(), i -> x.at(i) - alongLast(x, i, /* isMax= */ false, /* beta= */ 1));
  }

  static Array64 l2Normalization(Call call) {
    Array64 x = call.input(0);
    int last = x.rank() - 1;
    Array64 result =
        Array64.generate(
            x.sizes(),
            index -> {
              double squares = 0;
              for (int i = 0; i < x.size(last); i++) {
                squares += Math.pow(x.at(Call.with(index, last, i)), 2);
              }
              return x.at(index) / Math.max(Math.sqrt(squares), 1e-6);
            });
    return ElementwiseReference.activated(
        result, call.options(OperatorOptions.L2Normalization.class).activation());
  }

  static Array64 reduce(Call call) {
    Array64 x = call.input(0);
    boolean[] isReduced = new boolean[x.rank()];
    for (int axis : call.ints(1)) {
      isReduced[Call.axis(axis, x.rank())] = true;
    }
    int[] kept = x.sizes();
    int count = 1;
    for (int i = 0; i < kept.length; i++) {
      count *= isReduced[i] ? kept[i] : 1;
      kept[i] = isReduced[i] ? 1 : kept[i];
    }
    double share = 1.0 / count;
    Array64 sums = Array64.generate(kept, i -> start(call));
    Array64.generate(
        x.sizes(),
        index -> {
          int[] target = index.clone();
          for (int i = 0; i < target.length; i++) {
            target[i] = isReduced[i] ? 0 : target[i];
          }
          sums.set(step(call, sums.at(target), x.at(index), share), target);
          return 0;
        });
    return call.options(OperatorOptions.Reduction.class).keepDimensions()
        ? sums
        : sums.reshaped(without(x.sizes(), isReduced));
  }

  private static double start(Call call) {
    return switch (call.operator().code()) {
      case REDUCE_MAX -> Double.NEGATIVE_INFINITY;
      case REDUCE_MIN -> Double.POSITIVE_INFINITY;
      default -> 0;
    };
  }

  private static double step(Call call, double soFar, double value, double share) {
    return switch (call.operator().code()) {
      case SUM -> soFar + value;
      case MEAN -> soFar + value * share;
      case REDUCE_MAX -> Math.max(soFar, value);
      case REDUCE_MIN -> Math.min(soFar, value);
      default -> throw new IllegalArgumentException(call.operator().name());
    };
  }

  private static int[] without(int[] sizes, boolean[] isReduced) {
    int[] kept = new int[sizes.length];
    int count = 0;
    for (int i = 0; i < sizes.length; i++) {
      if (!isReduced[i]) {
        kept[count++] = sizes[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }

  static Array64 cumulativeSum(Call call) {
    CumulativeSum options = call.options(CumulativeSum.class);
    Array64 x = call.input(0);
    int axis = Call.axis(call.ints(1)[0], x.rank());
    return Array64.generate(
        x.sizes(),
        index -> {
          double sum = options.isExclusive() ? 0 : x.at(index);
          for (int i = 0; i < x.size(axis); i++) {
            boolean isBefore = options.isReverse() ? i > index[axis] : i < index[axis];
            sum += isBefore ? x.at(Call.with(index, axis, i)) : 0;
          }
          return sum;
        });
  }
}
