package io.covey.models.training.interpreter;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.OperatorOptions.BatchMatMul;
import io.covey.models.graph.OperatorOptions.CumulativeSum;
import io.covey.models.graph.OperatorOptions.FullyConnected;
import io.covey.models.graph.OperatorOptions.Reduction;
import io.covey.models.graph.TensorType;
import io.covey.models.training.interpreter.OperatorCase.Example;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Cases of what computes. */
final class ArithmeticCases {

  private static final Example ROWS = Example.of(5);
  private static final Example WIDE = Example.between(-8, 8, 3, 4);
  private static final Example POSITIVE = Example.between(0.5f, 2.5f, 3, 4);

  private final List<OperatorCase> cases = new ArrayList<>();

  private ArithmeticCases() {}

  static List<OperatorCase> all() {
    ArithmeticCases own = new ArithmeticCases();
    own.unary();
    own.arithmetic();
    own.pairs();
    own.choices();
    own.products();
    own.reductions();
    own.normalizations();
    return own.cases;
  }

  private void unary() {
    for (Builtin code :
        Set.of(
            Builtin.NEG,
            Builtin.SQUARE,
            Builtin.ABS,
            Builtin.SIN,
            Builtin.COS,
            Builtin.ELU,
            Builtin.RELU,
            Builtin.RELU6,
            Builtin.RELU_N1_TO_1,
            Builtin.RELU_0_TO_1,
            Builtin.TANH,
            Builtin.LOGISTIC,
            Builtin.HARD_SWISH)) {
      add(code, "on both sides", WIDE, s -> s.op(code, s.shifted()));
    }
    for (Builtin code : Set.of(Builtin.LOG, Builtin.SQRT, Builtin.RSQRT, Builtin.EXP)) {
      add(code, "of positive values", POSITIVE, s -> s.op(code, s.shifted()));
    }
    for (float alpha : new float[] {0.2f, -0.5f, 1.5f}) {
      OperatorOptions options = new OperatorOptions.LeakyRelu(alpha);
      add(
          Builtin.LEAKY_RELU,
          "" + alpha,
          WIDE,
          s -> s.op(Builtin.LEAKY_RELU, options, s.shifted()));
    }
    for (boolean isApproximate : new boolean[] {false, true}) {
      OperatorOptions options = new OperatorOptions.Gelu(isApproximate);
      Example near = Example.between(-0.2f, 0.05f, 3, 4);
      add(Builtin.GELU, isApproximate + "", ROWS, s -> s.op(Builtin.GELU, options, s.shifted()));
      add(
          Builtin.GELU,
          isApproximate + " near zero",
          near,
          s -> s.op(Builtin.GELU, options, s.shifted()));
    }
  }

  private void arithmetic() {
    for (ArithmeticKind kind : ArithmeticKind.values()) {
      Builtin code = Builtin.valueOf(kind.name());
      for (Activation activation :
          new Activation[] {
            Activation.NONE, Activation.RELU, Activation.RELU6, Activation.RELU_N1_TO_1
          }) {
        OperatorOptions options = Arithmetic.of(kind, activation);
        add(
            code,
            activation + " of variables broadcast",
            WIDE,
            s -> s.op(code, options, s.shifted(), s.weights(1, 2, List.of(3, 1))));
        add(
            code,
            activation + " of variables first",
            POSITIVE,
            s -> s.op(code, options, s.weights(-3, 3, List.of(1, 3, 4)), s.shifted()));
      }
      OperatorOptions plain = Arithmetic.of(kind);
      add(
          code,
          "of two that follow the batch",
          POSITIVE,
          s -> s.op(code, plain, s.shifted(), s.op(Builtin.EXP, s.shifted())));
      add(code, "of one with itself", POSITIVE, s -> squareOf(s, code, plain));
      add(
          code,
          "with a scalar",
          ROWS,
          s -> s.op(code, plain, s.shifted(), s.weights(1, 2, List.of())));
      add(
          code,
          "by the sums of rows",
          POSITIVE,
          s -> {
            int y = s.shifted();
            return s.op(code, plain, y, s.op(Builtin.SUM, new Reduction(true), y, s.ints(-1)));
          });
    }
  }

  private static int squareOf(GraphSketch s, Builtin code, OperatorOptions options) {
    int y = s.shifted();
    int both = s.op(code, options, y, y);
    return s.add(both, y);
  }

  private void pairs() {
    for (Builtin code : Set.of(Builtin.SQUARED_DIFFERENCE, Builtin.MAXIMUM, Builtin.MINIMUM)) {
      add(code, "of two", WIDE, s -> s.op(code, s.shifted(), s.op(Builtin.SIN, s.shifted())));
      add(
          code,
          "broadcast",
          ROWS,
          s -> s.op(code, s.shifted(), s.add(s.constant(0, 0, List.of(1)), s.weights(1))));
      add(
          code,
          "broadcast first",
          WIDE,
          s -> s.op(code, s.add(s.constant(0, 0, List.of(1)), s.weights(3, 1)), s.shifted()));
    }
    add(
        Builtin.POW,
        "of positive values",
        POSITIVE,
        s -> s.op(Builtin.POW, s.shifted(), s.op(Builtin.SIN, s.shifted())));
    add(
        Builtin.POW,
        "of negative values",
        WIDE,
        s -> s.op(Builtin.POW, s.shifted(), s.constant(3, 3, List.of())));
    add(
        Builtin.ADD_N,
        "of three, one twice",
        WIDE,
        s -> {
          int y = s.shifted();
          return s.op(Builtin.ADD_N, y, s.op(Builtin.SIN, y), y);
        });
    add(Builtin.PRELU, "by channel", WIDE, s -> s.op(Builtin.PRELU, s.shifted(), s.weights(4)));
    add(Builtin.PRELU, "by row", WIDE, s -> s.op(Builtin.PRELU, s.shifted(), s.weights(3, 1)));
  }

  private void choices() {
    for (Builtin code : Set.of(Builtin.SELECT, Builtin.SELECT_V2)) {
      add(
          code,
          "of two",
          ROWS,
          s -> {
            int condition = isPositive(s, s.x());
            return s.op(code, condition, s.shifted(), s.op(Builtin.EXP, s.shifted()));
          });
    }
    add(
        Builtin.SELECT_V2,
        "broadcast",
        WIDE,
        s -> {
          int condition = isPositive(s, s.x());
          int row = s.add(s.constant(0, 0, List.of(1)), s.weights(4));
          return s.op(Builtin.SELECT_V2, condition, row, s.shifted());
        });
  }

  private static int isPositive(GraphSketch s, int x) {
    int zero = s.constant(0, 0, List.of());
    return s.op(Builtin.GREATER, TensorType.BOOL, OperatorOptions.none(), x, zero);
  }

  private void products() {
    for (Activation activation :
        new Activation[] {
          Activation.NONE, Activation.RELU, Activation.RELU6, Activation.RELU_N1_TO_1
        }) {
      add(Builtin.FULLY_CONNECTED, activation + "", WIDE, s -> dense(s, activation, true, true));
    }
    add(
        Builtin.FULLY_CONNECTED,
        "without bias, flattened",
        WIDE,
        s -> dense(s, Activation.NONE, false, false));
    for (int flags = 0; flags < 4; flags++) {
      boolean adjointX = (flags & 1) != 0;
      boolean adjointY = (flags & 2) != 0;
      BatchMatMul options = new BatchMatMul(adjointX, adjointY, false);
      add(
          Builtin.BATCH_MATMUL,
          options + " by variables",
          Example.of(3, 4),
          s -> product(s, options));
      add(Builtin.BATCH_MATMUL, options + " of two", Example.of(3, 3), s -> twoOf(s, options));
      add(
          Builtin.BATCH_MATMUL,
          options + " broadcast",
          Example.of(2, 3, 3),
          s -> s.op(Builtin.BATCH_MATMUL, options, s.weights(2, 3, 3), s.shifted()));
    }
  }

  private static int dense(GraphSketch s, Activation activation, boolean keeps, boolean hasBias) {
    OperatorOptions options = new FullyConnected(activation, keeps, false, false);
    int weights = s.weights(6, 4);
    return hasBias
        ? s.op(Builtin.FULLY_CONNECTED, options, s.shifted(), weights, s.weights(6))
        : s.op(Builtin.FULLY_CONNECTED, options, s.shifted(), weights, -1);
  }

  private static int product(GraphSketch s, BatchMatMul options) {
    int inner = options.adjointX() ? 3 : 4;
    int weights = options.adjointY() ? s.weights(5, inner) : s.weights(inner, 5);
    return s.op(Builtin.BATCH_MATMUL, options, s.shifted(), weights);
  }

  private static int twoOf(GraphSketch s, BatchMatMul options) {
    return s.op(Builtin.BATCH_MATMUL, options, s.shifted(), s.op(Builtin.SIN, s.shifted()));
  }

  private void reductions() {
    for (Builtin code : Set.of(Builtin.SUM, Builtin.MEAN, Builtin.REDUCE_MAX, Builtin.REDUCE_MIN)) {
      for (boolean keeps : new boolean[] {false, true}) {
        Reduction options = new Reduction(keeps);
        Example image = Example.of(2, 3, 4);
        add(code, keeps + " 1", image, s -> s.op(code, options, s.shifted(), s.ints(1)));
        add(code, keeps + " -1, 1", image, s -> s.op(code, options, s.shifted(), s.ints(-1, 1)));
        add(code, keeps + " all", image, s -> s.op(code, options, s.shifted(), s.ints(1, 2, 3)));
        add(
            code,
            keeps + " over the batch",
            image,
            s -> s.add(s.x(), s.op(code, new Reduction(true), s.shifted(), s.ints(0, 2))));
      }
    }
    for (int flags = 0; flags < 4; flags++) {
      CumulativeSum options = new CumulativeSum((flags & 1) != 0, (flags & 2) != 0);
      add(
          Builtin.CUMSUM,
          options + "",
          Example.of(3, 4),
          s -> s.op(Builtin.CUMSUM, options, s.shifted(), s.ints(List.of(), -2)));
    }
  }

  private void normalizations() {
    for (float beta : new float[] {1, 0.5f}) {
      OperatorOptions options = new OperatorOptions.Softmax(beta);
      add(
          Builtin.SOFTMAX,
          "beta " + beta,
          Example.of(3, 4),
          s -> s.op(Builtin.SIN, s.op(Builtin.SOFTMAX, options, s.shifted())));
    }
    add(
        Builtin.LOG_SOFTMAX,
        "of rows",
        Example.of(3, 4),
        s -> s.op(Builtin.LOG_SOFTMAX, s.shifted()));
    for (Activation activation : new Activation[] {Activation.NONE}) {
      OperatorOptions options = new OperatorOptions.L2Normalization(activation);
      add(
          Builtin.L2_NORMALIZATION,
          activation + "",
          Example.of(3, 4),
          s -> s.op(Builtin.L2_NORMALIZATION, options, s.shifted()));
    }
  }

  private void add(Builtin code, String what, Example example, ToIntFunction<GraphSketch> b) {
    cases.add(new OperatorCase(code, what, example, b));
  }
}
