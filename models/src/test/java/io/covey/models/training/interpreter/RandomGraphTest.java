package io.covey.models.training.interpreter;

import io.covey.models.graph.GraphTensor;
import io.covey.models.training.TrainingRecipe;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;

/** Gradients of random graphs against central differences of the reference. */
class RandomGraphTest {

  private static final int GRAPHS = Integer.getInteger("covey.randomGraphs", 300);
  private static final long SEED = Long.getLong("covey.seed", 7_000);

  /** With one loaded model, one after the other; every tenth graph also with many examples. */
  private static final int[] BATCHES = {1, 3, 1};

  private static final int[] MORE_BATCHES = {1, 3, 20, 1};

  @Test
  void gradientsOfRandomGraphsAreThoseOfTheReference() {
    System.out.println("random graphs: " + GRAPHS + " seeds from " + SEED + " (covey.seed)");
    for (int i = 0; i < GRAPHS; i++) {
      long seed = SEED + i;
      try {
        check(seed, i % 10 == 0 ? MORE_BATCHES : BATCHES);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("the graph with seed " + seed, e);
      }
    }
  }

  private static void check(long seed, int[] sizes) {
    RandomGraph graph = RandomGraph.of(seed);
    TrainingRecipe recipe = TrainingRecipe.DEFAULT.with(graph.loss());
    GradientCheck check =
        new GradientCheck(graph.sketch().giving(graph.output()), recipe, loss(graph));
    Map<Array64, Array64> batches = new LinkedHashMap<>();
    for (int size : sizes) {
      Array64 x = graph.sketch().examples(graph.batch() == GraphTensor.ANY ? size : graph.batch());
      batches.put(x, labels(check.output(x), seed));
    }
    check.compare(batches);
  }

  /** One class in each row. */
  private static Array64 labels(Array64 output, long seed) {
    Random random = new Random(seed);
    int classes = output.size(1);
    float[] y = new float[output.elements()];
    for (int row = 0; row < output.size(0); row++) {
      y[row * classes + random.nextInt(classes)] = 1;
    }
    return Array64.ofFloats(output.shape(), y);
  }

  private static ToDoubleBiFunction<Array64, Array64> loss(RandomGraph graph) {
    boolean isUndone = ReferenceLosses.isProbability(graph);
    return switch (graph.loss()) {
      case SOFTMAX_CROSS_ENTROPY ->
          isUndone ? ReferenceLosses::ofProbabilities : ReferenceLosses::ofLogits;
      case SIGMOID_CROSS_ENTROPY ->
          isUndone ? ReferenceLosses::ofShares : ReferenceLosses::ofScores;
      case MEAN_SQUARED_ERROR -> GradientCheck::meanSquaredError;
      case HUBER -> ReferenceLosses::huber;
    };
  }
}
