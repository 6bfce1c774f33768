package io.covey.coordinator.training;

import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.registry.ServingReport;
import io.covey.models.training.TrainableModel;
import java.util.Optional;

/** Makes the file that a version of a plain model is served by. Blocks; any thread. */
final class ServingMaker {

  /** A file, and what came of making it. */
  // A record for its names: two are never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Served(byte[] file, ServingReport report) {}

  /**
   * Puts trained values into the model, in the form that its task asks for.
   *
   * @param masters the values of the trainable model's variables
   */
  Served make(ModelTask task, TrainableModel trainable, float[] masters) {
    byte[] inFloat = trainable.withValues(masters).write();
    return switch (task.serving().form()) {
      case FLOAT32 ->
          new Served(
              inFloat,
              new ServingReport(
                  task.serving().form(),
                  /* released= */ true,
                  "",
                  inFloat.length,
                  inFloat.length,
                  Optional.empty()));
    };
  }
}
