package io.covey.coordinator.training;

import io.covey.models.data.ArrayShape;
import io.covey.models.data.DataException;
import io.covey.models.data.Preprocessing;
import io.covey.models.data.Targets;
import io.covey.models.runtime.Evaluation;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;
import java.util.Arrays;

/**
 * Prepares examples as a model's file says, and lays them out as its {@code evaluate} signature
 * wants them. Belongs to one thread.
 */
final class ExampleBatches {
  private final TrainingSession session;
  private final float[] features;
  private final int rowSize;
  private final Targets targets;

  /**
   * @throws IllegalArgumentException when the examples do not fit the model's input
   */
  ExampleBatches(TrainingSession session, Preprocessing preprocessing, HeldOutExamples examples) {
    this.session = session;
    ArrayShape given = examples.features().shape().row();
    ArrayShape wanted = row(session.exampleInput());
    if (preprocessing.equals(Preprocessing.IDENTITY) && given.elements() != wanted.elements()) {
      throw new IllegalArgumentException(
          "examples of %d features, but the model takes %d"
              .formatted(given.elements(), wanted.elements()));
    }
    try {
      this.features = preprocessing.between(given, wanted).apply(examples.features().toArray());
    } catch (DataException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    this.rowSize = wanted.elements();
    this.targets = examples.targets();
  }

  /**
   * Evaluates some of the examples.
   *
   * @throws io.covey.models.graph.ModelException when the targets do not fit the model
   */
  Evaluation evaluate(int start, int count) {
    float[] x = Arrays.copyOfRange(features, start * rowSize, (start + count) * rowSize);
    if (targets instanceof Targets.Classes classes) {
      int[] labels = new int[count];
      Arrays.setAll(labels, i -> classes.labels().valueAt(start + i));
      return session.evaluate(x, labels, count);
    }
    if (targets instanceof Targets.Values values) {
      int width = values.values().rowSize();
      float[] y = new float[count * width];
      for (int i = 0; i < count; i++) {
        values.values().copyRow(start + i, y, i * width);
      }
      return session.evaluate(x, y, count);
    }
    throw new IllegalStateException("examples without anything to predict");
  }

  /** The shape of one example; a size that is not fixed counts as 1. */
  private static ArrayShape row(TensorSpec input) {
    return new ArrayShape(
        input.shape().stream().skip(1).map(dimension -> Math.max(1, dimension)).toList());
  }
}
