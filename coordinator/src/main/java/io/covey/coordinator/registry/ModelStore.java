package io.covey.coordinator.registry;

import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * Where models and versions are kept. Calls block; a failure of the store is a {@link
 * java.io.UncheckedIOException}.
 */
public interface ModelStore {

  /**
   * Adds a model together with its first version, both or neither.
   *
   * @throws IllegalStateException when the name is taken
   */
  void addModel(ModelRecord model, VersionRecord first);

  /**
   * Adds a version.
   *
   * @throws IllegalStateException when it is not the successor of the model's newest version
   */
  void addVersion(VersionRecord version);

  /** All models by name. */
  List<ModelRecord> models();

  Optional<ModelRecord> model(ModelName name);

  /** All versions of a model, the newest first. */
  List<VersionRecord> versions(ModelName name);

  Optional<VersionRecord> version(ModelName name, ModelVersion version);

  /** What training goes on from. */
  Optional<VersionRecord> newest(ModelName name);

  /** What agents serve: the newest version, but for ones that were not released. */
  Optional<VersionRecord> newestReleased(ModelName name);

  /**
   * Notes how a version does on the model's held-out examples, in place of what was noted before.
   */
  void setEvaluation(ModelName name, ModelVersion version, HeldOutEvaluation evaluation);

  /** Notes the sealed files of a version that has none. */
  void setSealed(ModelName name, ModelVersion version, SealedVersion sealed);

  /** Names the file of held-out examples on which a model's versions are evaluated. */
  void setEvaluationData(ModelName name, EvaluationData data);

  Optional<EvaluationData> evaluationData(ModelName name);

  /**
   * Held-out examples: a CSV file with a header in the artifact store.
   *
   * @param csv the file's digest
   * @param label the column that holds the class, or the values to predict
   * @param scale factor on every other column, which are the features in the file's order
   */
  record EvaluationData(Sha256 csv, LabelColumn label, float scale) {}
}
