package io.covey.coordinator.training;

import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.PlainModel;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.sealing.VersionSealer;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.training.Differentiator;
import io.covey.models.training.TrainableModel;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;

/**
 * Takes in plain inference models: derives the graph that devices train, and makes the first
 * version. Blocks; any one thread at a time.
 */
final class PlainModelCatalog {
  private final ModelRuntime runtime;
  private final Registration registration;
  private final ArtifactFiles files;
  private final PlainVersions versions;
  private final CalibrationFiles calibration;
  private final InstantSource time;

  PlainModelCatalog(
      ModelRuntime runtime, Registration registration, ArtifactFiles files, InstantSource time) {
    this.runtime = runtime;
    this.registration = registration;
    this.files = files;
    this.versions = new PlainVersions(files, runtime);
    this.calibration = new CalibrationFiles(files);
    this.time = time;
  }

  /**
   * Registers a model whose name is not taken.
   *
   * @throws OperationException when the model cannot be trained as the task says, in the words of
   *     whoever found out, or its first version would not be released
   */
  VersionRecord register(ModelName name, String description, PlainUpload upload)
      throws OperationException {
    try {
      ModelGraph plain = ModelGraph.readChecked(upload.file(), ModelLimits.DEFAULT);
      TrainableModel trainable = Differentiator.derive(plain, upload.task().recipe());
      float[] masters = trainable.initialValues();
      requireRunnable(trainable, masters);
      PlainModel source =
          new PlainModel(
              files.store().put(upload.file()),
              upload.task(),
              upload
                  .calibration()
                  .map(samples -> calibration.keep(samples, upload.task().preprocessing(), plain)));
      PlainVersions.Made made = versions.first(name, source, trainable, masters);
      if (!made.serving().released()) {
        throw invalid(made.serving().reason());
      }
      return keep(source, name, description, made);
    } catch (ModelException | IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()));
    }
  }

  private VersionRecord keep(
      PlainModel plain, ModelName name, String description, PlainVersions.Made made)
      throws OperationException {
    Instant now = time.instant();
    VersionRecord first =
        files.sealed(
            new VersionRecord(
                name,
                new ModelVersion(1),
                now,
                Optional.empty(),
                made.artifacts(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(made.serving())),
            VersionSealer.Before.NOTHING);
    registration.add(new ModelRecord(name, description, now, Optional.of(plain)), first);
    return first;
  }

  /** Whether the native runtime takes the derived graph, and gives its values back. */
  private void requireRunnable(TrainableModel trainable, float[] masters)
      throws OperationException {
    int bad = Weights.firstNonFinite(masters);
    if (bad >= 0) {
      throw invalid("weight " + bad + " of the model is not finite; export it again");
    }
    try (LoadedModel loaded = runtime.load(trainable.write());
        TrainingSession session = loaded.openTraining()) {
      session.restore(masters);
      float[] read = new float[session.layout().size()];
      session.readParameters(read);
      if (!Arrays.equals(read, masters)) {
        throw new IllegalStateException("a derived graph does not keep what is put into it");
      }
    }
  }

  private static OperationException invalid(String message) {
    return new OperationException(
        OperationException.Kind.INVALID, "the model was refused: " + message);
  }
}
