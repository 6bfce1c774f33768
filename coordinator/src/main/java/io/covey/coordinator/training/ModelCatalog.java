package io.covey.coordinator.training;

import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRoom;
import io.covey.coordinator.sealing.VersionSealer;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.graph.ModelException;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.ParameterLayout;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Takes in models and what belongs to them, after a close look. Blocks; any one thread at a time.
 */
final class ModelCatalog {
  private final ModelRuntime runtime;
  private final ModelStore models;
  private final ArtifactFiles files;
  private final HeldOutEvaluator evaluator;
  private final PlainModelCatalog plain;
  private final Registration registration;
  private final SampleMaker samples;
  private final InstantSource time;
  private final int maximumModelBytes;

  ModelCatalog(
      ModelRuntime runtime,
      ModelStore models,
      ArtifactFiles files,
      HeldOutEvaluator evaluator,
      ReleaseRoom room,
      InstantSource time,
      int maximumModelBytes) {
    this.runtime = runtime;
    this.models = models;
    this.files = files;
    this.evaluator = evaluator;
    this.registration = new Registration(models, room);
    this.samples = new SampleMaker(runtime);
    this.plain = new PlainModelCatalog(runtime, registration, files, time);
    this.time = time;
    this.maximumModelBytes = maximumModelBytes;
  }

  VersionRecord register(
      ModelName name,
      String description,
      byte[] graph,
      Optional<byte[]> weightsFile,
      RandomGenerator random)
      throws OperationException {
    requireNewAndSmall(name, graph);
    float[] weights = look(graph, weightsFile, random);
    List<ArtifactReference> artifacts = new ArrayList<>();
    artifacts.add(files.keep(ArtifactReference.Role.GRAPH, graph));
    artifacts.add(files.keep(ArtifactReference.Role.WEIGHTS, Weights.format(weights)));
    samples
        .make(
            new SampleMaker.Served(name + " version 1", graph, Optional.of(weights)),
            SampleMaker.Source.NONE)
        .ifPresent(made -> artifacts.addAll(made.keep(files)));
    VersionRecord first =
        files.sealed(
            new VersionRecord(
                name,
                new ModelVersion(1),
                time.instant(),
                Optional.empty(),
                artifacts,
                Optional.empty(),
                Optional.empty()),
            VersionSealer.Before.NOTHING);
    registration.add(new ModelRecord(name, description, first.createdAt()), first);
    return first;
  }

  /** As {@link PlainModelCatalog#register}, for a name that may be taken. */
  VersionRecord registerPlain(ModelName name, String description, PlainUpload upload)
      throws OperationException {
    requireNewAndSmall(name, upload.file());
    return plain.register(name, description, upload);
  }

  private void requireNewAndSmall(ModelName name, byte[] file) throws OperationException {
    if (file.length > maximumModelBytes) {
      throw invalid("the model has " + file.length + " bytes, allowed are " + maximumModelBytes);
    }
    if (models.model(name).isPresent()) {
      throw new OperationException(
          OperationException.Kind.CONFLICT, "there is a model named " + name + " already");
    }
    registration.requireRoom(name);
  }

  /** Loads the model, gives it its first weights, and answers them. */
  private float[] look(byte[] graph, Optional<byte[]> weightsFile, RandomGenerator random)
      throws OperationException {
    try (LoadedModel loaded = runtime.load(graph);
        TrainingSession session = loaded.openTraining()) {
      ParameterLayout layout = session.layout();
      float[] weights =
          weightsFile.isPresent()
              ? Weights.parse(weightsFile.get(), layout.size())
              : WeightInitializer.initialise(layout, random);
      session.restore(weights);
      return weights;
    } catch (ModelException | IllegalArgumentException e) {
      throw invalid("the model was refused: " + e.getMessage());
    }
  }

  /** Sets the examples, and answers the newest version with its evaluation on them. */
  VersionRecord setEvaluationData(ModelName name, byte[] csv, LabelColumn label, float scale)
      throws OperationException {
    VersionRecord newest =
        models
            .newest(name)
            .orElseThrow(
                () ->
                    new OperationException(
                        OperationException.Kind.NOT_FOUND, "there is no model named " + name));
    try {
      HeldOutExamples examples = HeldOutExamples.parse(csv, label, scale);
      Sha256 graph = digest(newest, ArtifactReference.Role.GRAPH);
      byte[] weights = files.content(digest(newest, ArtifactReference.Role.WEIGHTS));
      HeldOutEvaluation evaluation = evaluator.evaluate(graph, Weights.parse(weights), examples);
      models.setEvaluationData(
          name, new ModelStore.EvaluationData(files.store().put(csv), label, scale));
      models.setEvaluation(name, newest.version(), evaluation);
      return models.version(name, newest.version()).orElseThrow(IllegalStateException::new);
    } catch (ModelException | IllegalArgumentException e) {
      throw invalid("the examples were refused: " + e.getMessage());
    }
  }

  private static Sha256 digest(VersionRecord version, ArtifactReference.Role role) {
    return version
        .artifact(role)
        .orElseThrow(() -> new IllegalStateException("version without " + role))
        .digest();
  }

  private static OperationException invalid(String message) {
    return new OperationException(OperationException.Kind.INVALID, message);
  }
}
