package io.covey.models.training.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.Builtin;
import io.covey.models.quantization.QuantizedSketch;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator that can be trained through, in all its ways, in int8. */
class OperatorQuantizationTest {

  /** What the runtime has no kernel for on bytes, or none that works; SHAPE reads the input. */
  private static final Set<Builtin> ON_FLOATS =
      EnumSet.of(
          Builtin.ADD_N,
          Builtin.CAST,
          Builtin.COS,
          Builtin.CUMSUM,
          Builtin.DIV,
          Builtin.NEG,
          Builtin.POW,
          Builtin.SHAPE,
          Builtin.SIN,
          Builtin.SQRT,
          Builtin.SQUARE);

  private static final double MEAN = 0.01;
  private static final double LARGEST = 0.1;

  static List<OperatorCase> cases() {
    return OperatorGradientTest.cases();
  }

  /** Deviations are relative to the range of the answers, which has zero in it. */
  @ParameterizedTest
  @MethodSource("cases")
  void bytesAnswerAlmostAsFloatsDo(OperatorCase operatorCase) {
    GraphSketch graph = operatorCase.sketch();
    QuantizedSketch sketch = QuantizedSketch.of(graph, operatorCase.result(graph));
    assertThat(ON_FLOATS).containsAll(sketch.floatOperators());
    float[] exact = sketch.exact();
    float[] approximate = sketch.approximate();
    double low = 0;
    double high = 0;
    double sum = 0;
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      low = Math.min(low, exact[i]);
      high = Math.max(high, exact[i]);
      sum += Math.abs(exact[i] - approximate[i]);
      largest = Math.max(largest, Math.abs(exact[i] - approximate[i]));
    }
    assertThat(approximate).hasSameSizeAs(exact);
    assertThat(sum / exact.length / (high - low)).isLessThan(MEAN);
    assertThat(largest / (high - low)).isLessThan(LARGEST);
  }
}
