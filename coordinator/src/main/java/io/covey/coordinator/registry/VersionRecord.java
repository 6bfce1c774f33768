package io.covey.coordinator.registry;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One version of a model.
 *
 * @param round the round that made it; empty for an uploaded one
 * @param optimizerState the server optimizer's state after the round, in the artifact store; empty
 *     when it keeps none
 * @param evaluation on the model's held-out examples; empty when it has none
 * @param serving what came of making the file that is served; empty when the model was uploaded as
 *     trainable, and its graph is served
 * @param sealed its files as they travel; empty until they are sealed, before anybody is told
 */
public record VersionRecord(
    ModelName model,
    ModelVersion version,
    Instant createdAt,
    Optional<RoundId> round,
    List<ArtifactReference> artifacts,
    Optional<Sha256> optimizerState,
    Optional<HeldOutEvaluation> evaluation,
    Optional<ServingReport> serving,
    Optional<SealedVersion> sealed) {
  public VersionRecord {
    artifacts = List.copyOf(artifacts);
  }

  /** One that is not sealed yet. */
  public VersionRecord(
      ModelName model,
      ModelVersion version,
      Instant createdAt,
      Optional<RoundId> round,
      List<ArtifactReference> artifacts,
      Optional<Sha256> optimizerState,
      Optional<HeldOutEvaluation> evaluation,
      Optional<ServingReport> serving) {
    this(
        model,
        version,
        createdAt,
        round,
        artifacts,
        optimizerState,
        evaluation,
        serving,
        Optional.empty());
  }

  /** One of a model that was uploaded as trainable. */
  public VersionRecord(
      ModelName model,
      ModelVersion version,
      Instant createdAt,
      Optional<RoundId> round,
      List<ArtifactReference> artifacts,
      Optional<Sha256> optimizerState,
      Optional<HeldOutEvaluation> evaluation) {
    this(model, version, createdAt, round, artifacts, optimizerState, evaluation, Optional.empty());
  }

  /** The same, sealed. */
  public VersionRecord with(SealedVersion files) {
    return new VersionRecord(
        model,
        version,
        createdAt,
        round,
        artifacts,
        optimizerState,
        evaluation,
        serving,
        Optional.of(files));
  }

  /** Whether agents may serve it. */
  public boolean isReleased() {
    return serving.isEmpty() || serving.get().released();
  }

  /** One of its files, also one that agents are not told of. */
  public Optional<ArtifactReference> artifact(ArtifactReference.Role role) {
    return artifacts.stream().filter(artifact -> artifact.role() == role).findFirst();
  }

  /** What agents need to know to fetch it: its {@link #told} files, sealed once they are. */
  public ModelManifest manifest() {
    return new ModelManifest(model, version, sealed.map(SealedVersion::artifacts).orElse(told()));
  }

  /**
   * The files that agents are told of, as they are. Of a plain model the weights are told packed
   * only, and the file to serve only when it was released.
   */
  public List<ArtifactReference> told() {
    return serving.isEmpty()
        ? artifacts
        : artifacts.stream().filter(artifact -> isTold(artifact.role())).toList();
  }

  private boolean isTold(ArtifactReference.Role role) {
    return switch (role) {
      case GRAPH, PACKED_WEIGHTS, WEIGHTS_DIFFERENCE -> true;
      case SERVING, SAMPLE_INPUTS, EXPECTED_OUTPUTS -> isReleased();
      case WEIGHTS, SERVING_DIFFERENCE -> false;
    };
  }
}
