package io.covey.coordinator.training;

import io.covey.models.runtime.Evaluation;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.TensorSpec;
import io.covey.models.runtime.TrainingSession;

/**
 * Lays examples out as a model's {@code evaluate} signature wants them: x row by row, y one-hot.
 */
final class ExampleBatches {
  private final HeldOutExamples examples;
  private final int classes;

  /**
   * @throws IllegalArgumentException when the examples do not fit the model's inputs
   */
  ExampleBatches(LoadedModel model, HeldOutExamples examples) {
    this.examples = examples;
    int features = entriesOfOne(model, "x");
    this.classes = entriesOfOne(model, "y");
    if (features != examples.featureCount()) {
      throw new IllegalArgumentException(
          "examples of " + examples.featureCount() + " features, but the model takes " + features);
    }
    int largest = examples.classes().count() - 1;
    if (largest >= classes) {
      throw new IllegalArgumentException(
          "label " + largest + ", but the model knows classes 0 to " + (classes - 1));
    }
  }

  Evaluation evaluate(TrainingSession session, int start, int count) {
    int features = examples.featureCount();
    float[] x = new float[count * features];
    float[] y = new float[count * classes];
    for (int i = 0; i < count; i++) {
      examples.features().copyRow(start + i, x, i * features);
      y[i * classes + examples.label(start + i)] = 1;
    }
    return session.evaluate(x, y, count);
  }

  /** Entries of one example: the product of all dimensions behind the batch. */
  private static int entriesOfOne(LoadedModel model, String input) {
    TensorSpec spec =
        model.signatures().stream()
            .filter(signature -> signature.name().equals("evaluate"))
            .flatMap(signature -> signature.inputs().stream())
            .filter(tensor -> tensor.name().equals(input))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the model has no signature evaluate with an input " + input));
    int entries = 1;
    for (int i = 1; i < spec.shape().size(); i++) {
      entries = Math.multiplyExact(entries, Math.max(1, spec.shape().get(i)));
    }
    return entries;
  }
}
