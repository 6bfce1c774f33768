package io.covey.coordinator.app;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.audit.AuditTrail;
import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.PlainUpload;
import io.covey.coordinator.training.PrivacyReport;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.coordinator.training.TrainingJob;
import io.covey.crypto.release.Audience;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Tells the audit log of every order of an operator that was carried out. */
final class AuditedOperations implements AdminOperations {
  private final AdminOperations operations;
  private final AuditTrail trail;

  AuditedOperations(AdminOperations operations, AuditTrail trail) {
    this.operations = operations;
    this.trail = trail;
  }

  private <T> CompletionStage<T> ordered(CompletionStage<T> order, ModelName name, String what) {
    return noted(order, AuditEvent.of(Kind.ORDERED, name.value()).with("order", what));
  }

  private <T> CompletionStage<T> noted(CompletionStage<T> order, AuditEvent event) {
    return order.whenComplete(
        (done, error) -> {
          if (error == null) {
            trail.record(event);
          }
        });
  }

  private CompletionStage<VersionRecord> registered(CompletionStage<VersionRecord> order) {
    return order.whenComplete(
        (version, error) -> {
          if (error == null) {
            trail.record(
                AuditEvent.of(Kind.MODEL_REGISTERED, version.model().value())
                    .with("version", version.version())
                    .with("released", version.isReleased()));
          }
        });
  }

  @Override
  public CompletionStage<VersionRecord> registerModel(
      ModelName name, String description, byte[] graph, Optional<byte[]> weights) {
    return registered(operations.registerModel(name, description, graph, weights));
  }

  @Override
  public CompletionStage<VersionRecord> registerPlainModel(
      ModelName name, String description, PlainUpload upload) {
    return registered(operations.registerPlainModel(name, description, upload));
  }

  @Override
  public CompletionStage<VersionRecord> setEvaluationData(
      ModelName name, byte[] csv, LabelColumn label, float scale) {
    return ordered(
        operations.setEvaluationData(name, csv, label, scale), name, "set evaluation data");
  }

  @Override
  public CompletionStage<VersionRecord> rollBack(ModelName name, ModelVersion version) {
    return operations
        .rollBack(name, version)
        .whenComplete(
            (restored, error) -> {
              if (error == null) {
                trail.record(
                    AuditEvent.of(Kind.ROLLED_BACK, name.value())
                        .with("version", restored.version())
                        .with("restores", version));
              }
            });
  }

  @Override
  public CompletionStage<ReleaseRecord> releaseAgain(ModelName name, ModelVersion version) {
    return ordered(
        operations.releaseAgain(name, version), name, "release version " + version + " again");
  }

  @Override
  public CompletionStage<List<ReleaseRecord>> releases(ModelName name) {
    return operations.releases(name);
  }

  @Override
  public CompletionStage<Audience> audience(ModelName name) {
    return operations.audience(name);
  }

  @Override
  public CompletionStage<Audience> setAudience(ModelName name, Audience audience) {
    return ordered(
        operations.setAudience(name, audience), name, "release to " + audience.description());
  }

  @Override
  public CompletionStage<TrainingJob> startTraining(ModelName name, int rounds, TrainingPlan plan) {
    return ordered(
        operations.startTraining(name, rounds, plan),
        name,
        "train for %d rounds".formatted(rounds));
  }

  @Override
  public CompletionStage<TrainingJob> pauseTraining(ModelName name) {
    return ordered(operations.pauseTraining(name), name, "pause training");
  }

  @Override
  public CompletionStage<TrainingJob> resumeTraining(ModelName name) {
    return ordered(operations.resumeTraining(name), name, "resume training");
  }

  @Override
  public CompletionStage<PrivacyReport> setPrivacyBudget(ModelName name, ModelBudget budget) {
    return ordered(
        operations.setPrivacyBudget(name, budget), name, "set the privacy budget to " + budget);
  }

  @Override
  public CompletionStage<List<ModelRecord>> models() {
    return operations.models();
  }

  @Override
  public CompletionStage<Optional<ModelRecord>> model(ModelName name) {
    return operations.model(name);
  }

  @Override
  public CompletionStage<List<VersionRecord>> versions(ModelName name) {
    return operations.versions(name);
  }

  @Override
  public CompletionStage<Optional<VersionRecord>> version(ModelName name, ModelVersion version) {
    return operations.version(name, version);
  }

  @Override
  public CompletionStage<byte[]> artifact(
      ModelName name, ModelVersion version, ArtifactReference.Role role) {
    return operations.artifact(name, version, role);
  }

  @Override
  public CompletionStage<Optional<TrainingJob>> training(ModelName name) {
    return operations.training(name);
  }

  @Override
  public CompletionStage<List<RoundRecord>> rounds(ModelName name, int before, int limit) {
    return operations.rounds(name, before, limit);
  }

  @Override
  public CompletionStage<PrivacyReport> privacy(ModelName name) {
    return operations.privacy(name);
  }

  @Override
  public CompletionStage<List<AgentRecord>> agents() {
    return operations.agents();
  }

  @Override
  public AutoCloseable watch(ModelName name, Consumer<TrainingEvent> listener) {
    return operations.watch(name, listener);
  }

  @Override
  public List<String> obstacles() {
    return operations.obstacles();
  }
}
