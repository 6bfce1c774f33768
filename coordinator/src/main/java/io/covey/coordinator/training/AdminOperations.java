package io.covey.coordinator.training;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.release.Audience;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Everything an operator can ask of a coordinator. Methods may be called from any thread and do not
 * block; stages fail with {@link OperationException} where the caller is at fault.
 */
public interface AdminOperations {

  /**
   * Registers a model and publishes its first version to the fleet.
   *
   * @param graph a trainable {@code .tflite}
   * @param weights little-endian float32 in the order of the graph's parameters; empty to
   *     initialise them
   */
  CompletionStage<VersionRecord> registerModel(
      ModelName name, String description, byte[] graph, Optional<byte[]> weights);

  /**
   * Registers a plain inference model: derives the graph that devices train, and publishes the
   * first version.
   */
  CompletionStage<VersionRecord> registerPlainModel(
      ModelName name, String description, PlainUpload upload);

  /** Sets held-out examples, and evaluates the newest version on them. */
  CompletionStage<VersionRecord> setEvaluationData(
      ModelName name, byte[] csv, LabelColumn label, float scale);

  CompletionStage<List<ModelRecord>> models();

  CompletionStage<Optional<ModelRecord>> model(ModelName name);

  /** The newest first. */
  CompletionStage<List<VersionRecord>> versions(ModelName name);

  CompletionStage<Optional<VersionRecord>> version(ModelName name, ModelVersion version);

  /**
   * Goes back on purpose: releases the files of an earlier version under the next version's number
   * and a higher counter, so that no device takes it for an attack. Training goes on from it. Fails
   * with CONFLICT while the model is being trained.
   *
   * @return the version that agents are to serve from now on
   */
  CompletionStage<VersionRecord> rollBack(ModelName name, ModelVersion version);

  /**
   * Releases the version that is released already once more, under a higher counter: agents that
   * have returned from it try it again, for the others nothing changes. Fails with CONFLICT for
   * another version, and where releases are not signed.
   */
  CompletionStage<ReleaseRecord> releaseAgain(ModelName name, ModelVersion version);

  /** What was released of a model, the newest first. */
  CompletionStage<List<ReleaseRecord>> releases(ModelName name);

  /** Whom releases of a model are for. */
  CompletionStage<Audience> audience(ModelName name);

  /**
   * Says whom releases of a model are for, the newest included. Fails with CONFLICT where releases
   * are not signed, and agents would not heed it.
   */
  CompletionStage<Audience> setAudience(ModelName name, Audience audience);

  CompletionStage<byte[]> artifact(
      ModelName name, ModelVersion version, ArtifactReference.Role role);

  /** Starts a job, or fails with CONFLICT while one runs. */
  CompletionStage<TrainingJob> startTraining(ModelName name, int rounds, TrainingPlan plan);

  /** Cancels the round that runs; the job keeps its place. */
  CompletionStage<TrainingJob> pauseTraining(ModelName name);

  CompletionStage<TrainingJob> resumeTraining(ModelName name);

  CompletionStage<Optional<TrainingJob>> training(ModelName name);

  /** The newest first; see {@link io.covey.coordinator.round.RoundStore#rounds}. */
  CompletionStage<List<RoundRecord>> rounds(ModelName name, int before, int limit);

  /** What the model's rounds have cost in privacy, and what the next would. */
  CompletionStage<PrivacyReport> privacy(ModelName name);

  /** Sets or replaces the model's privacy budget; it holds from the next sum that would open. */
  CompletionStage<PrivacyReport> setPrivacyBudget(ModelName name, ModelBudget budget);

  CompletionStage<List<AgentRecord>> agents();

  /**
   * Tells of every change of a job or round until the subscription is closed. The listener runs on
   * the coordinator's thread and must not block.
   */
  AutoCloseable watch(ModelName name, Consumer<TrainingEvent> listener);

  /** Empty when the coordinator can do its work; otherwise what is missing, for people. */
  List<String> obstacles();
}
