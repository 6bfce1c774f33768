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
 */
public record VersionRecord(
    ModelName model,
    ModelVersion version,
    Instant createdAt,
    Optional<RoundId> round,
    List<ArtifactReference> artifacts,
    Optional<Sha256> optimizerState,
    Optional<HeldOutEvaluation> evaluation) {
  public VersionRecord {
    artifacts = List.copyOf(artifacts);
  }

  /** What agents need to know to fetch it. */
  public ModelManifest manifest() {
    return new ModelManifest(model, version, artifacts);
  }
}
