package io.covey.edgeagent.app;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.edgeagent.training.LocalTrainer;
import io.covey.edgeagent.training.LocalUpdate;
import io.covey.edgeagent.training.TrainingException;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.TrainingSession;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.UpdateEncoding;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * One round's training from artifacts to the words that are reported. Made on the agent's
 * scheduler, called on a worker.
 */
final class TrainingTask implements Callable<ByteString> {
  private final AgentParts parts;
  private final RoundPlan plan;
  private final RandomGenerator shuffling;
  private final RandomWords rounding;
  private volatile boolean cancelled;

  TrainingTask(AgentParts parts, RoundPlan plan) {
    this.parts = parts;
    this.plan = plan;
    this.shuffling = parts.randomness().newShuffling();
    this.rounding = parts.randomness().newRounding();
  }

  /** Ends the training before its next batch. From any thread. */
  void cancel() {
    cancelled = true;
  }

  @Override
  public ByteString call() throws IOException, TrainingException {
    ArtifactReading artifacts = new ArtifactReading(parts.cache(), plan.base());
    float[] base =
        artifacts
            .weights()
            .orElseThrow(() -> new IOException("the base version has no artifact WEIGHTS"));
    requireParameters("the base version", base.length);
    LocalUpdate trained;
    try (LoadedModel model = parts.runtime().load(artifacts.graph());
        TrainingSession session = model.openTraining()) {
      requireParameters("the model", session.layout().size());
      trained =
          new LocalTrainer(session, parts.examples(), plan.training(), shuffling, () -> cancelled)
              .train(base);
    }
    return encode(trained);
  }

  private ByteString encode(LocalUpdate trained) {
    UpdateLayout layout = UpdateLayout.of(plan.encoding(), plan.cohortSize());
    Contribution contribution =
        new Contribution(trained.examples(), trained.lossSum(), trained.correct());
    return new UpdateEncoder(layout).encode(trained.delta(), contribution, rounding);
  }

  private void requireParameters(String what, int count) throws IOException {
    UpdateEncoding encoding = plan.encoding();
    if (count != encoding.parameterCount()) {
      throw new IOException(
          "the plan has %d parameters and %s has %d"
              .formatted(encoding.parameterCount(), what, count));
    }
  }
}
