package io.covey.coordinator.training;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.ModelStore;
import io.covey.models.runtime.Evaluation;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import java.util.Optional;

/** Evaluates weights on a model's held-out examples. Blocks; any one thread at a time. */
final class HeldOutEvaluator {
  private static final int BATCH = 256;

  private final ModelRuntime runtime;
  private final ArtifactStore artifacts;
  private final ModelStore models;

  HeldOutEvaluator(ModelRuntime runtime, ArtifactStore artifacts, ModelStore models) {
    this.runtime = runtime;
    this.artifacts = artifacts;
    this.models = models;
  }

  /** Empty when the model has no held-out examples. */
  Optional<HeldOutEvaluation> evaluate(ModelName model, Sha256 graph, float[] weights) {
    return models
        .evaluationData(model)
        .map(
            data ->
                evaluate(
                    graph,
                    weights,
                    HeldOutExamples.parse(content(data.csv()), data.label(), data.scale())));
  }

  /**
   * @throws IllegalArgumentException when the examples do not fit the model
   */
  HeldOutEvaluation evaluate(Sha256 graph, float[] weights, HeldOutExamples examples) {
    try (LoadedModel loaded = runtime.load(content(graph));
        TrainingSession session = loaded.openTraining()) {
      session.restore(weights);
      ExampleBatches batches = new ExampleBatches(session, loaded.preprocessing(), examples);
      double loss = 0;
      long correct = 0;
      for (int start = 0; start < examples.size(); start += BATCH) {
        int count = Math.min(BATCH, examples.size() - start);
        Evaluation batch = batches.evaluate(start, count);
        loss += batch.lossSum();
        correct += batch.correct();
      }
      int n = examples.size();
      return new HeldOutEvaluation(loss / n, (double) correct / n, n);
    }
  }

  private byte[] content(Sha256 digest) {
    return artifacts
        .get(digest)
        .orElseThrow(() -> new IllegalStateException("no artifact " + digest));
  }
}
