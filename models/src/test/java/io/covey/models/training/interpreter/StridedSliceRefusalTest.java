package io.covey.models.training.interpreter;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphTensor;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.OperatorOptions.StridedSlice;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableSelection;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.loss.Loss;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where ends are offsets, the kernel takes nothing of a dimension whose size is not known. */
class StridedSliceRefusalTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void endsThatAreOffsetsAreRefusedWhereTheyEmptyTheBatch(int ellipsisMask) {
    GraphSketch sketch = new GraphSketch(GraphTensor.ANY, 1, List.of(4, 2));
    StridedSlice options = new StridedSlice(1, 1, ellipsisMask, 0, 0, /* endIsOffset= */ true);
    int part =
        sketch.op(
            Builtin.STRIDED_SLICE,
            options,
            sketch.shifted(),
            sketch.ints(0, 1, 0),
            sketch.ints(0, 2, 2),
            sketch.ints(1, 1, 1));
    ModelGraph plain = sketch.giving(part);
    TrainingRecipe recipe =
        TrainingRecipe.DEFAULT
            .with(Loss.MEAN_SQUARED_ERROR)
            .with(new TrainableSelection.UsedAt(sketch.uses()));
    assertThatThrownBy(() -> Differentiator.derive(plain, recipe))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("STRIDED_SLICE (operator 1");
  }
}
