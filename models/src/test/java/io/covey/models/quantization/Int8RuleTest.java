package io.covey.models.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.graph.Activation;
import io.covey.models.graph.Builtin;
import io.covey.models.graph.OperatorOptions;
import io.covey.models.graph.OperatorOptions.ArgMax;
import io.covey.models.graph.OperatorOptions.Arithmetic;
import io.covey.models.graph.OperatorOptions.ArithmeticKind;
import io.covey.models.graph.OperatorOptions.Cast;
import io.covey.models.graph.OperatorOptions.Gather;
import io.covey.models.graph.OperatorOptions.Gelu;
import io.covey.models.graph.OperatorOptions.Reduction;
import io.covey.models.graph.OperatorOptions.Shape;
import io.covey.models.graph.TensorType;
import io.covey.models.training.interpreter.GraphSketch;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Operators alone, as bytes and as floats. */
class Int8RuleTest {

  private static final int BATCH = 16;
  private static final int ROWS = 3;
  private static final int WIDTH = 5;
  private static final long SEED = 11;

  /**
   * One operator on examples of three rows of five values.
   *
   * @param low the smallest value of an example
   * @param high the largest
   * @param slope how much steeper than its arguments the result changes, at most
   */
  record Case(Builtin code, float low, float high, double slope, ToIntFunction<GraphSketch> body) {

    @Override
    public String toString() {
      return code + " of " + low + ".." + high;
    }

    QuantizedSketch quantized() {
      GraphSketch sketch = new GraphSketch(BATCH, SEED, List.of(ROWS, WIDTH)).range(low, high);
      return QuantizedSketch.of(sketch, body.applyAsInt(sketch));
    }
  }

  static List<Case> cases() {
    return Stream.of(functions(), moves()).flatMap(List::stream).toList();
  }

  private static List<Case> functions() {
    OperatorOptions sum = new Reduction(false);
    return List.of(
        new Case(Builtin.ABS, -2, 1, 1, s -> s.op(Builtin.ABS, s.x())),
        new Case(Builtin.EXP, -2, 1, Math.E, s -> s.op(Builtin.EXP, s.x())),
        new Case(Builtin.LOG, 0.5f, 2, 2, s -> s.op(Builtin.LOG, s.x())),
        new Case(Builtin.RSQRT, 0.5f, 2, 1.5, s -> s.op(Builtin.RSQRT, s.x())),
        new Case(Builtin.GELU, -2, 2, 1.2, s -> s.op(Builtin.GELU, new Gelu(true), s.x())),
        new Case(Builtin.GELU, -2, 2, 1.2, s -> s.op(Builtin.GELU, new Gelu(false), s.x())),
        new Case(Builtin.RELU_N1_TO_1, -2, 2, 1, s -> s.op(Builtin.RELU_N1_TO_1, s.x())),
        new Case(Builtin.RELU_0_TO_1, -2, 2, 1, s -> s.op(Builtin.RELU_0_TO_1, s.x())),
        // Of three factors below 1.2, each counts 1.44 times.
        new Case(
            Builtin.REDUCE_PROD,
            -1.2f,
            1.2f,
            3 * 1.44,
            s -> s.op(Builtin.REDUCE_PROD, sum, s.x(), s.ints(1))),
        new Case(
            Builtin.PRELU,
            -2,
            2,
            2,
            s -> s.op(Builtin.PRELU, s.x(), s.constant(-0.9f, -0.1f, List.of(1, WIDTH)))));
  }

  private static List<Case> moves() {
    return List.of(
        move(Builtin.REVERSE_V2, s -> s.op(Builtin.REVERSE_V2, s.x(), s.ints(2))),
        move(
            Builtin.PADV2,
            s ->
                s.op(
                    Builtin.PADV2,
                    s.x(),
                    s.ints(List.of(3, 2), 0, 0, 1, 0, 0, 2),
                    s.constant(3, 3, List.of()))),
        move(Builtin.GATHER, s -> s.op(Builtin.GATHER, new Gather(2, 0), s.x(), s.ints(4, 0, 4))),
        move(
            Builtin.GATHER_ND,
            s -> s.op(Builtin.GATHER_ND, s.x(), s.ints(List.of(2, 2), 3, 1, 0, 2))),
        move(
            Builtin.BROADCAST_TO,
            s ->
                s.op(
                    Builtin.BROADCAST_TO,
                    s.op(Builtin.REDUCE_MAX, new Reduction(true), s.x(), s.ints(1)),
                    s.ints(BATCH, ROWS, WIDTH))),
        move(Builtin.TOPK_V2, s -> s.largest(s.x(), 2)),
        move(Builtin.SELECT, s -> s.op(Builtin.SELECT, compared(s, Builtin.LESS, 0), s.x(), s.x())),
        move(
            Builtin.SELECT_V2,
            s ->
                s.op(
                    Builtin.SELECT_V2,
                    compared(s, Builtin.LESS, 10),
                    s.x(),
                    s.constant(-3, -3, List.of()))),
        move(
            Builtin.MAXIMUM, s -> s.op(Builtin.MAXIMUM, s.x(), s.constant(-1, 1, List.of(WIDTH)))));
  }

  private static Case move(Builtin code, ToIntFunction<GraphSketch> body) {
    return new Case(code, -2, 1, 1, body);
  }

  private static int compared(GraphSketch sketch, Builtin code, float bound) {
    int constant = sketch.constant(bound, bound, List.of());
    return sketch.op(code, TensorType.BOOL, OperatorOptions.none(), sketch.x(), constant);
  }

  /** An argument is off by half its step, the result by half its own, and kernels round twice. */
  @ParameterizedTest
  @MethodSource("cases")
  void bytesAreAsFarFromFloatsAsTheirStepsExplain(Case one) {
    QuantizedSketch sketch = one.quantized();
    assertThat(sketch.floatOperators()).isEmpty();
    double bound =
        one.slope() * sketch.inputStep(one.code()) / 2 + 1.01 * sketch.outputStep(one.code());
    float[] exact = sketch.exact();
    float[] approximate = sketch.approximate();
    assertThat(approximate).hasSameSizeAs(exact);
    for (int i = 0; i < exact.length; i++) {
      assertThat((double) approximate[i]).as("value %d", i).isCloseTo(exact[i], within(bound));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Builtin.class,
      names = {"EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL"})
  void comparisonsOfBytesAgreeWhereValuesAreFurtherApartThanTheirSteps(Builtin code) {
    float bound = 0.3f;
    GraphSketch graph = new GraphSketch(BATCH, SEED, List.of(ROWS, WIDTH));
    OperatorOptions cast = new Cast(TensorType.BOOL, TensorType.FLOAT32);
    QuantizedSketch sketch =
        QuantizedSketch.of(graph, graph.op(Builtin.CAST, cast, compared(graph, code, bound)));
    assertThat(sketch.floatOperators()).containsExactly(Builtin.CAST);
    float[] x = sketch.x().toArray();
    float[] exact = sketch.exact();
    float[] approximate = sketch.approximate();
    int compared = 0;
    for (int i = 0; i < x.length; i++) {
      if (Math.abs(x[i] - bound) > sketch.inputStep(code)) {
        assertThat(approximate[i]).as("of %s", x[i]).isEqualTo(exact[i]);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(x.length / 2);
  }

  /** The kernel of a comparison takes steps below one only, and ends the process on others. */
  @Test
  void comparisonsOfLargeNumbersStayOnFloats() {
    GraphSketch graph = new GraphSketch(BATCH, SEED, List.of(ROWS, WIDTH)).range(-500, 500);
    OperatorOptions cast = new Cast(TensorType.BOOL, TensorType.FLOAT32);
    QuantizedSketch sketch =
        QuantizedSketch.of(graph, graph.op(Builtin.CAST, cast, compared(graph, Builtin.LESS, 9)));
    assertThat(sketch.floatOperators()).contains(Builtin.LESS);
    assertThat(sketch.approximate()).isEqualTo(sketch.exact());
  }

  @Test
  void theLargestByteIsWithinAStepOfTheLargestFloat() {
    GraphSketch graph = new GraphSketch(BATCH, SEED, List.of(WIDTH));
    int place =
        graph.op(
            Builtin.ARG_MAX,
            TensorType.INT32,
            new ArgMax(TensorType.INT32),
            graph.x(),
            graph.ints(1));
    OperatorOptions cast = new Cast(TensorType.INT32, TensorType.FLOAT32);
    QuantizedSketch sketch = QuantizedSketch.of(graph, graph.op(Builtin.CAST, cast, place));
    assertThat(sketch.floatOperators()).containsExactly(Builtin.CAST);
    float[] x = sketch.x().toArray();
    float[] exact = sketch.exact();
    float[] approximate = sketch.approximate();
    for (int row = 0; row < exact.length; row++) {
      assertThat(x[row * WIDTH + (int) approximate[row]])
          .isCloseTo(x[row * WIDTH + (int) exact[row]], within(sketch.inputStep(Builtin.ARG_MAX)));
    }
  }

  /** The one would end the process, the other refuse the model. */
  static List<Case> extremes() {
    return List.of(
        extreme(
            Builtin.SQUARED_DIFFERENCE,
            1000.5f,
            s -> s.op(Builtin.SQUARED_DIFFERENCE, s.x(), s.constant(1000, 1000, List.of()))),
        extreme(Builtin.FULLY_CONNECTED, 1e6f, s -> s.dense(s.x(), 4, WIDTH, Activation.RELU6)));
  }

  private static Case extreme(Builtin code, float high, ToIntFunction<GraphSketch> body) {
    return new Case(code, 1000, high, 1, body);
  }

  @ParameterizedTest
  @MethodSource("extremes")
  void operatorsWithScalesThatTheirKernelsCannotTakeStayOnFloats(Case one) {
    QuantizedSketch sketch = one.quantized();
    assertThat(sketch.floatOperators()).containsExactly(one.code());
    assertThat(sketch.approximate()).isEqualTo(sketch.exact());
  }

  /** Their kernels for bytes fail at bytes of 0, and take them for zeros. */
  @ParameterizedTest
  @EnumSource(
      value = Builtin.class,
      names = {"DIV", "SCATTER_ND"})
  void operatorsWhoseKernelsMistakeBytesForNumbersStayOnFloats(Builtin code) {
    GraphSketch graph = new GraphSketch(BATCH, SEED, List.of(ROWS, WIDTH)).range(0.5f, 2);
    int[] places = {3, 1, 0, 2, 4, 5, 6, 7, 8, 9, 19, 11, 12, 13, 14, 15};
    int result =
        code == Builtin.DIV
            ? graph.op(code, Arithmetic.of(ArithmeticKind.DIV), graph.x(), graph.x())
            : graph.op(
                code,
                graph.ints(List.of(BATCH, 1), places),
                graph.x(),
                graph.ints(20, ROWS, WIDTH));
    QuantizedSketch sketch = QuantizedSketch.of(graph, result);
    assertThat(sketch.floatOperators()).containsExactly(code);
    assertThat(sketch.approximate()).isEqualTo(sketch.exact());
  }

  @Test
  void theShapeOfBytesIsReadWithoutMakingFloatsOfThem() {
    GraphSketch graph = new GraphSketch(BATCH, SEED, List.of(ROWS, WIDTH));
    int twice = graph.op(Builtin.RELU, graph.x());
    int shape = graph.op(Builtin.SHAPE, TensorType.INT32, new Shape(TensorType.INT32), twice);
    int turned = graph.op(Builtin.TRANSPOSE, graph.x(), graph.ints(0, 2, 1));
    int result = graph.op(Builtin.RESHAPE, new OperatorOptions.Reshape(List.of()), turned, shape);
    QuantizedSketch sketch = QuantizedSketch.of(graph, result);
    assertThat(sketch.floatOperators()).isEmpty();
    assertThat(sketch.quantized().main().operators())
        .filteredOn(operator -> operator.code() == Builtin.DEQUANTIZE)
        .hasSize(1);
  }

  /** Each maximum has two paths to the one before it, and all paths together are too many. */
  @Test
  void scalesSpreadThroughALongChainOfJoins() {
    GraphSketch graph = new GraphSketch(BATCH, SEED, List.of(ROWS, WIDTH));
    int value = graph.x();
    for (int i = 0; i < 64; i++) {
      value = graph.op(Builtin.MAXIMUM, value, value);
    }
    QuantizedSketch sketch = QuantizedSketch.of(graph, value);
    assertThat(sketch.floatOperators()).isEmpty();
    assertThat(sketch.quantized().main().operators())
        .filteredOn(operator -> operator.code() == Builtin.QUANTIZE)
        .hasSize(1);
  }
}
