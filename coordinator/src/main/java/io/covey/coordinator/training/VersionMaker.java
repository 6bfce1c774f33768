package io.covey.coordinator.training;

import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.ServerOptimizer;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.sealing.VersionSealer;
import io.covey.crypto.privacy.AggregateUpdate;
import io.covey.protocols.message.ArtifactReference;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a version and a mean update to the next version. Blocks; any one thread at a time. */
final class VersionMaker {
  private final ArtifactFiles files;
  private final ModelStore models;
  private final HeldOutEvaluator evaluator;
  private final PlainVersions plainVersions;
  private final SampleMaker samples;
  private final InstantSource time;

  VersionMaker(
      ArtifactFiles files,
      ModelStore models,
      HeldOutEvaluator evaluator,
      PlainVersions plainVersions,
      SampleMaker samples,
      InstantSource time) {
    this.files = files;
    this.models = models;
    this.evaluator = evaluator;
    this.plainVersions = plainVersions;
    this.samples = samples;
    this.time = time;
  }

  /** Makes, evaluates and keeps the files of the next version, which is not registered yet. */
  VersionRecord make(RoundOrder order, TrainingPlan plan, AggregateUpdate aggregate)
      throws CommitFailures.NonFiniteWeightsException {
    VersionRecord base = order.base();
    float[] weights = Weights.parse(files.content(reference(base, ArtifactReference.Role.WEIGHTS)));
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
    Optional<PlainVersions.Made> plain =
        models
            .model(base.model())
            .flatMap(ModelRecord::plain)
            .map(source -> plainVersions.next(source, base, weights));
    return files.sealed(
        new VersionRecord(
            base.model(),
            base.version().next(),
            time.instant(),
            Optional.of(order.round()),
            plain
                .map(PlainVersions.Made::artifacts)
                .orElseGet(() -> trainable(base, graph, weights)),
            state.length == 0
                ? Optional.empty()
                : Optional.of(files.store().put(Weights.format(state))),
            evaluation,
            plain.map(PlainVersions.Made::serving)),
        new VersionSealer.Before(Optional.of(base), models.newestReleased(base.model())));
  }

  private List<ArtifactReference> trainable(
      VersionRecord base, ArtifactReference graph, float[] weights) {
    List<ArtifactReference> artifacts = new ArrayList<>();
    artifacts.add(graph);
    artifacts.add(files.keep(ArtifactReference.Role.WEIGHTS, Weights.format(weights)));
    String name = base.model() + " version " + base.version().next();
    samples
        .make(
            new SampleMaker.Served(name, files.content(graph), Optional.of(weights)),
            SampleMaker.Source.NONE)
        .ifPresent(made -> artifacts.addAll(made.keep(files)));
    return artifacts;
  }

  /** Zeros before the first round, or when the optimizer was changed to one with another state. */
  private float[] stateOf(VersionRecord base, int size) {
    Optional<float[]> kept = base.optimizerState().flatMap(files.store()::get).map(Weights::parse);
    return kept.filter(state -> state.length == size).orElseGet(() -> new float[size]);
  }

  private static ArtifactReference reference(VersionRecord version, ArtifactReference.Role role) {
    return version
        .artifact(role)
        .orElseThrow(() -> new IllegalStateException("version without " + role));
  }
}
