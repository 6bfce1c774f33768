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
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Operators' requests, each brought to the thread where it belongs. */
public final class OperatorDesk implements AdminOperations {
  private final Scheduler scheduler;
  private final Trainer trainer;
  private final OperatorStores stores;

  OperatorDesk(Scheduler scheduler, Trainer trainer, OperatorStores stores) {
    this.scheduler = scheduler;
    this.trainer = trainer;
    this.stores = stores;
  }

  @Override
  public CompletionStage<VersionRecord> registerModel(
      ModelName name, String description, byte[] graph, Optional<byte[]> weights) {
    return onOwner(() -> trainer.register(name, description, graph, weights));
  }

  @Override
  public CompletionStage<VersionRecord> registerPlainModel(
      ModelName name, String description, PlainUpload upload) {
    return onOwner(() -> trainer.registerPlain(name, description, upload));
  }

  @Override
  public CompletionStage<VersionRecord> setEvaluationData(
      ModelName name, byte[] csv, LabelColumn label, float scale) {
    return onOwner(() -> trainer.setEvaluationData(name, csv, label, scale));
  }

  @Override
  public CompletionStage<List<ModelRecord>> models() {
    return read(() -> stores.models().models());
  }

  @Override
  public CompletionStage<Optional<ModelRecord>> model(ModelName name) {
    return read(() -> stores.models().model(name));
  }

  @Override
  public CompletionStage<List<VersionRecord>> versions(ModelName name) {
    return read(() -> stores.models().versions(name));
  }

  @Override
  public CompletionStage<Optional<VersionRecord>> version(ModelName name, ModelVersion version) {
    return read(() -> stores.models().version(name, version));
  }

  @Override
  public CompletionStage<VersionRecord> rollBack(ModelName name, ModelVersion version) {
    return onOwner(() -> trainer.rollBack(name, version));
  }

  @Override
  public CompletionStage<ReleaseRecord> releaseAgain(ModelName name, ModelVersion version) {
    return onOwner(() -> trainer.releaseAgain(name, version));
  }

  @Override
  public CompletionStage<List<ReleaseRecord>> releases(ModelName name) {
    return read(() -> stores.releases().releases(name));
  }

  @Override
  public CompletionStage<Audience> audience(ModelName name) {
    return read(
        () -> {
          requireModel(name);
          return stores.releases().audience(name);
        });
  }

  @Override
  public CompletionStage<Audience> setAudience(ModelName name, Audience audience) {
    return read(() -> {
          requireModel(name);
          return name;
        })
        .thenCompose(known -> onOwner(() -> trainer.setAudience(known, audience)));
  }

  private void requireModel(ModelName name) throws OperationException {
    if (stores.models().model(name).isEmpty()) {
      throw new OperationException(
          OperationException.Kind.NOT_FOUND, "there is no model named " + name);
    }
  }

  @Override
  public CompletionStage<byte[]> artifact(
      ModelName name, ModelVersion version, ArtifactReference.Role role) {
    return read(
        () ->
            stores
                .models()
                .version(name, version)
                .flatMap(found -> found.artifact(role))
                .flatMap(reference -> stores.artifacts().get(reference.digest()))
                .orElseThrow(
                    () ->
                        new OperationException(
                            OperationException.Kind.NOT_FOUND,
                            "version " + version + " of " + name + " has no " + role)));
  }

  @Override
  public CompletionStage<TrainingJob> startTraining(ModelName name, int rounds, TrainingPlan plan) {
    return onOwner(() -> trainer.start(name, rounds, plan));
  }

  @Override
  public CompletionStage<TrainingJob> pauseTraining(ModelName name) {
    return onOwner(() -> trainer.pause(name));
  }

  @Override
  public CompletionStage<TrainingJob> resumeTraining(ModelName name) {
    return onOwner(() -> trainer.resume(name));
  }

  @Override
  public CompletionStage<Optional<TrainingJob>> training(ModelName name) {
    return onOwner(() -> CompletableFuture.completedFuture(trainer.job(name)));
  }

  @Override
  public CompletionStage<List<RoundRecord>> rounds(ModelName name, int before, int limit) {
    return read(() -> stores.rounds().rounds(name, before, limit));
  }

  @Override
  public CompletionStage<PrivacyReport> privacy(ModelName name) {
    return onOwner(() -> trainer.privacy(name));
  }

  @Override
  public CompletionStage<PrivacyReport> setPrivacyBudget(ModelName name, ModelBudget budget) {
    return onOwner(() -> trainer.setPrivacyBudget(name, budget));
  }

  @Override
  public CompletionStage<List<AgentRecord>> agents() {
    return onOwner(() -> CompletableFuture.completedFuture(trainer.agents()));
  }

  @Override
  public AutoCloseable watch(ModelName name, Consumer<TrainingEvent> listener) {
    return trainer.watchers().add(name, listener);
  }

  @Override
  public List<String> obstacles() {
    return trainer.obstacles();
  }

  private <T> CompletionStage<T> read(Callable<T> query) {
    return onOwner(() -> scheduler.offload(new Workload(Workload.Kind.STORAGE, 1), query));
  }

  private <T> CompletionStage<T> onOwner(Supplier<CompletionStage<T>> request) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    scheduler.execute(
        () -> {
          try {
            request
                .get()
                .whenComplete(
                    (value, failure) -> {
                      if (failure != null) {
                        answer.completeExceptionally(causeOf(failure));
                      } else {
                        answer.complete(value);
                      }
                    });
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /** What went wrong, without the wrapping that stages put around it on their way. */
  private static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
