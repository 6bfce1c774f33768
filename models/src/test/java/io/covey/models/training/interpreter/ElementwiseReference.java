package io.covey.models.training.interpreter;

import io.covey.models.graph.Activation;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Functions of one value, of two that are broadcast, and choices. */
final class ElementwiseReference {

  /** Terms of the error function's series; enough for |x| below 5. */
  private static final int ERROR_FUNCTION_TERMS = 120;

  private ElementwiseReference() {}

  static Array64 map(Array64 x, DoubleUnaryOperator function) {
    double[] values = new double[x.elements()];
    Arrays.setAll(values, i -> function.applyAsDouble(x.get(i)));
    return Array64.of(x.shape(), values);
  }

  static Array64 unary(Call call) {
    return map(call.input(0), function(call));
  }

  private static DoubleUnaryOperator function(Call call) {
    return switch (call.operator().code()) {
      case NEG -> x -> -x;
      case SQUARE -> x -> x * x;
      case RSQRT -> x -> 1 / Math.sqrt(x);
      case EXP -> Math::exp;
      case LOG -> Math::log;
      case SQRT -> Math::sqrt;
      case ABS -> Math::abs;
      case SIN -> Math::sin;
      case COS -> Math::cos;
      case TANH -> Math::tanh;
      case LOGISTIC -> x -> 1 / (1 + Math.exp(-x));
      case CAST -> x -> (long) x;
      case ELU -> x -> x < 0 ? Math.expm1(x) : x;
      case RELU -> x -> Math.max(x, 0);
      case RELU6 -> x -> clamp(x, 0, 6);
      case RELU_N1_TO_1 -> x -> clamp(x, -1, 1);
      case RELU_0_TO_1 -> x -> clamp(x, 0, 1);
      case HARD_SWISH -> x -> x * clamp(x + 3, 0, 6) / 6;
      case LEAKY_RELU -> leaky(call.options(OperatorOptions.LeakyRelu.class).alpha());
      case GELU -> gelu(call.options(OperatorOptions.Gelu.class).isApproximate());
      default -> throw new IllegalArgumentException(call.operator().name());
    };
  }

  private static double clamp(double x, double low, double high) {
    return Math.max(low, Math.min(high, x));
  }

  private static DoubleUnaryOperator leaky(float alpha) {
    return x -> x > 0 ? x : alpha * x;
  }

  private static DoubleUnaryOperator gelu(boolean isApproximate) {
    return isApproximate
        ? x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
        : x -> x / 2 * (1 + errorFunction(x / Math.sqrt(2)));
  }

  /** By its Maclaurin series. */
  private static double errorFunction(double x) {
    double sum = 0;
    double power = x;
    for (int n = 0; n < ERROR_FUNCTION_TERMS; n++) {
      sum += power / (2 * n + 1);
      power *= -x * x / (n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  static Array64 activated(Array64 x, Activation activation) {
    return switch (activation) {
      case NONE -> x;
      case RELU -> map(x, v -> Math.max(v, 0));
      case RELU6 -> map(x, v -> clamp(v, 0, 6));
      case RELU_N1_TO_1 -> map(x, v -> clamp(v, -1, 1));
      case TANH -> map(x, Math::tanh);
      case SIGN_BIT -> throw new IllegalArgumentException("SIGN_BIT");
    };
  }

  static int[] broadcast(Array64 a, Array64 b) {
    int[] shape = new int[Math.max(a.rank(), b.rank())];
    for (int i = 1; i <= shape.length; i++) {
      int ofA = i > a.rank() ? 1 : a.size(a.rank() - i);
      int ofB = i > b.rank() ? 1 : b.size(b.rank() - i);
      shape[shape.length - i] = ofA == 1 ? ofB : ofA;
    }
    return shape;
  }

  static Array64 binary(Call call) {
    Array64 a = call.input(0);
    Array64 b = call.input(1);
    DoubleBinaryOperator function = binaryFunction(call);
    Array64 result =
        Array64.generate(
            broadcast(a, b),
            index -> function.applyAsDouble(a.broadcastAt(index), b.broadcastAt(index)));
    return call.operator().options() instanceof Arithmetic arithmetic
        ? activated(result, arithmetic.activation())
        : result;
  }

  private static DoubleBinaryOperator binaryFunction(Call call) {
    return switch (call.operator().code()) {
      case ADD -> Double::sum;
      case SUB -> (a, b) -> a - b;
      case MUL -> (a, b) -> a * b;
      case DIV -> (a, b) -> a / b;
      case SQUARED_DIFFERENCE -> (a, b) -> (a - b) * (a - b);
      case POW -> Math::pow;
      case MAXIMUM -> Math::max;
      case MINIMUM -> Math::min;
      case PRELU -> (x, alpha) -> x < 0 ? alpha * x : x;
      case GREATER -> (a, b) -> a > b ? 1 : 0;
      default -> throw new IllegalArgumentException(call.operator().name());
    };
  }

  static Array64 addN(Call call) {
    return Array64.generate(
        call.input(0).sizes(), index -> call.all().stream().mapToDouble(x -> x.at(index)).sum());
  }

  static Array64 select(Call call) {
    Array64 condition = call.input(0);
    Array64 a = call.input(1);
    Array64 b = call.input(2);
    Array64 chosen = Array64.generate(broadcast(a, b), index -> 0);
    return Array64.generate(
        broadcast(condition, chosen),
        index -> condition.broadcastAt(index) != 0 ? a.broadcastAt(index) : b.broadcastAt(index));
  }
}
