package io.covey.coordinator.training;

import io.covey.protocols.id.ModelName;
import java.util.List;
import java.util.Optional;

/** Where jobs are kept. Calls block; a failure is a {@link java.io.UncheckedIOException}. */
public interface JobStore {

  /** Inserts or replaces the model's job. */
  void save(TrainingJob job);

  Optional<TrainingJob> job(ModelName model);

  List<TrainingJob> jobs();
}
