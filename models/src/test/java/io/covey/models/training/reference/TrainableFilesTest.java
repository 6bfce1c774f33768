package io.covey.models.training.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.graph.Builtin;
import io.covey.models.graph.GraphOperator;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.graph.OperatorOptions.Extent;
import io.covey.models.graph.OperatorOptions.Pool2D;
import io.covey.models.graph.Subgraph;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.models.training.TrainingRecipe;
import io.covey.models.training.interpreter.Array64;
import io.covey.models.training.interpreter.ReferenceInterpreter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How large trainable files are, and that fixtures have in them what they are there for. */
class TrainableFilesTest {

  private static final int ALLOWANCE_BYTES = 64 << 10;

  /**
   * Collections of a dozen small layers in one file, each of which is differentiated by the element
   * of its filter or window.
   */
  private static final Set<String> COLLECTIONS =
      Set.of("op-depthwise", "op-max-pool", "op-strided-conv");

  private static final int ALLOWANCE_OF_COLLECTIONS_BYTES = 80 << 10;

  static List<Path> directories() throws IOException {
    return Fixture.directories();
  }

  private static ModelGraph plain(Fixture fixture) {
    return ModelGraph.readChecked(fixture.model(), ModelLimits.DEFAULT);
  }

  private static TrainableModel derived(Fixture fixture) {
    TrainingRecipe recipe = TrainingRecipe.DEFAULT.with(fixture.reference().loss());
    return Differentiator.derive(plain(fixture), recipe);
  }

  @ParameterizedTest
  @MethodSource("directories")
  void trainableFileIsHardlyLargerThanThePlainOne(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    int plainBytes = fixture.model().length;
    boolean isCollection = COLLECTIONS.contains(fixture.toString());
    int allowance = isCollection ? ALLOWANCE_OF_COLLECTIONS_BYTES : ALLOWANCE_BYTES;
    assertThat(derived(fixture).write().length)
        .as("bytes, the plain file having %d", plainBytes)
        .isLessThanOrEqualTo(plainBytes + plainBytes / 10 + allowance);
  }

  @ParameterizedTest
  @ValueSource(strings = {"op-zero-bias", "op-equal-zero-biases"})
  void zeroBiasesThatTheConverterDroppedTrain(String name) throws IOException {
    TrainableModel model = derived(Fixture.read(Fixture.directory(name)));
    assertThat(model.variables())
        .anyMatch(
            variable ->
                variable.tensorName().endsWith("dropped_bias")
                    || variable.uses().get(0).input() == 2);
  }

  @Test
  void fixtureOfOneExampleHasOne() throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory("op-batch-of-one"));
    assertThat(fixture.reference().x().shape().dimensions()).startsWith(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"op-max-pool-ties", "op-max-pool-ties-overlapping"})
  void fixturesOfTiesHaveThem(String name) throws IOException {
    Fixture fixture = Fixture.read(Fixture.directory(name));
    Subgraph main = plain(fixture).main();
    GraphOperator pool =
        main.operators().stream()
            .filter(operator -> operator.code() == Builtin.MAX_POOL_2D)
            .findFirst()
            .orElseThrow();
    Subgraph before =
        new Subgraph("", main.tensors(), main.inputs(), pool.inputs(), main.operators());
    float[] x = fixture.reference().x().toArray();
    List<Integer> shape = fixture.reference().x().shape().dimensions();
    Array64 image = new ReferenceInterpreter(before).run(Array64.ofFloats(shape, x), Map.of());
    assertThat(windowsWithTies(image, pool.options(Pool2D.class))).isPositive();
  }

  /** Windows inside an image with more than one largest element. */
  private static int windowsWithTies(Array64 images, Pool2D options) {
    List<Integer> shape = images.shape();
    Extent window = options.window();
    int ties = 0;
    for (int i = 0; i < images.elements(); i++) {
      int row = i / (shape.get(3) * shape.get(2)) % shape.get(1);
      int column = i / shape.get(3) % shape.get(2);
      boolean isPosition =
          row % options.stride().height() == 0
              && column % options.stride().width() == 0
              && row + window.height() <= shape.get(1)
              && column + window.width() <= shape.get(2);
      if (isPosition) {
        List<Double> values = new ArrayList<>();
        for (int j = 0; j < window.height() * window.width(); j++) {
          int pixels = j / window.width() * shape.get(2) + j % window.width();
          values.add(images.get(i + pixels * shape.get(3)));
        }
        ties += Collections.frequency(values, Collections.max(values)) > 1 ? 1 : 0;
      }
    }
    return ties;
  }
}
