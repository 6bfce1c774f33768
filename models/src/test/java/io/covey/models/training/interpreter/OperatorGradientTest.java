package io.covey.models.training.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.Builtin;
import io.covey.models.training.TrainableSelection;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.gradient.GradientTable;
import io.covey.models.training.loss.Loss;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operator's gradient alone, against central differences of its definition. */
class OperatorGradientTest {

  private static final int BATCH = 3;

  static List<OperatorCase> cases() {
    return Stream.of(ArithmeticCases.all(), WindowCases.all(), ShapeCases.all())
        .flatMap(List::stream)
        .toList();
  }

  @Test
  void everyOperatorOfTheTableHasACase() {
    Set<Builtin> covered =
        cases().stream().map(OperatorCase::code).collect(Collectors.toCollection(TreeSet::new));
    assertThat(covered).containsExactlyElementsOf(GradientTable.operators());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void derivedGradientIsThatOfTheDefinition(OperatorCase operatorCase) {
    GraphSketch sketch = operatorCase.sketch();
    int result = sketch.flat(operatorCase.result(sketch));
    TrainingRecipe recipe =
        TrainingRecipe.DEFAULT
            .with(Loss.MEAN_SQUARED_ERROR)
            .with(new TrainableSelection.UsedAt(sketch.uses()));
    GradientCheck check =
        new GradientCheck(sketch.giving(result), recipe, GradientCheck::meanSquaredError);
    Array64 x = sketch.examples(BATCH);
    double largest = check.compare(Map.of(x, labels(check.output(x))));
    assertThat(largest).as("%s has a gradient", operatorCase).isGreaterThan(1e-4);
  }

  private static Array64 labels(Array64 output) {
    Random random = new Random(1);
    float[] values = new float[output.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return Array64.ofFloats(output.shape(), values);
  }
}
