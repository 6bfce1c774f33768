package io.covey.coordinator.training;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.ServerOptimizer;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.Limits;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** From a version and a mean update to the next version. Blocks; any one thread at a time. */
final class VersionMaker {
  private final ArtifactStore artifacts;
  private final HeldOutEvaluator evaluator;
  private final InstantSource time;

  VersionMaker(ArtifactStore artifacts, HeldOutEvaluator evaluator, InstantSource time) {
    this.artifacts = artifacts;
    this.evaluator = evaluator;
    this.time = time;
  }

  /** Makes, evaluates and keeps the files of the next version, which is not registered yet. */
  VersionRecord make(RoundOrder order, TrainingPlan plan, AggregateUpdate aggregate)
      throws CommitFailures.NonFiniteWeightsException {
    VersionRecord base = order.base();
    float[] weights = Weights.parse(content(reference(base, ArtifactReference.Role.WEIGHTS)));
    ServerOptimizer optimizer = ServerOptimizer.of(plan.optimization());
    float[] state = stateOf(base, optimizer.stateSize(weights.length));
    optimizer.apply(weights, aggregate.meanDelta(), state);
    int bad = Weights.firstNonFinite(weights);
    if (bad >= 0) {
      throw new CommitFailures.NonFiniteWeightsException(bad);
    }
    ArtifactReference graph = reference(base, ArtifactReference.Role.GRAPH);
    Optional<HeldOutEvaluation> evaluation =
        evaluator.evaluate(base.model(), graph.digest(), weights);
    return new VersionRecord(
        base.model(),
        base.version().next(),
        time.instant(),
        Optional.of(order.round()),
        List.of(graph, keep(ArtifactReference.Role.WEIGHTS, Weights.format(weights))),
        state.length == 0 ? Optional.empty() : Optional.of(artifacts.put(Weights.format(state))),
        evaluation);
  }

  /** Keeps a file and answers how it is to be published. */
  ArtifactReference keep(ArtifactReference.Role role, byte[] content) {
    Sha256 digest = artifacts.put(content);
    return new ArtifactReference(role, digest, content.length, Limits.CHUNK_CONTENT_BYTES);
  }

  /** Zeros before the first round, or when the optimizer was changed to one with another state. */
  private float[] stateOf(VersionRecord base, int size) {
    Optional<float[]> kept = base.optimizerState().flatMap(artifacts::get).map(Weights::parse);
    return kept.filter(state -> state.length == size).orElseGet(() -> new float[size]);
  }

  private byte[] content(ArtifactReference reference) {
    return artifacts
        .get(reference.digest())
        .orElseThrow(() -> new IllegalStateException("no artifact " + reference.digest()));
  }

  private static ArtifactReference reference(VersionRecord version, ArtifactReference.Role role) {
    return version
        .manifest()
        .artifact(role)
        .orElseThrow(() -> new IllegalStateException("version without " + role));
  }
}
