package io.covey.edgeagent.app;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.privacy.UpdateWords;
import io.covey.crypto.secagg.ModularVector;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.edgeagent.examples.PreparedExamples;
import io.covey.edgeagent.training.LocalTrainer;
import io.covey.edgeagent.training.LocalUpdate;
import io.covey.edgeagent.training.TrainingException;
import io.covey.models.data.ArrayShape;
import io.covey.models.data.DataException;
import io.covey.models.data.Preprocessing;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ParameterLayout;
import io.covey.models.runtime.TrainingSession;
import io.covey.models.weights.TensorLengths;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.UpdateEncoding;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * One round's training from artifacts to the words that are reported. Made on the agent's
 * scheduler, called on a worker.
 */
final class TrainingTask implements Callable<ModularVector> {
  private static final int PIECE_WORDS = 8192;

  private final AgentParts parts;
  private final RoundPlan plan;
  private final RandomGenerator shuffling;
  private final RandomWords rounding;
  private volatile boolean cancelled;

  TrainingTask(AgentParts parts, RoundPlan plan) {
    this.parts = parts;
    this.plan = plan;
    this.shuffling = parts.randomness().newShuffling();
    this.rounding = parts.randomness().newStream();
  }

  /** Ends the training before its next batch. From any thread. */
  void cancel() {
    cancelled = true;
  }

  @Override
  public ModularVector call() throws IOException, TrainingException {
    ArtifactReading artifacts = new ArtifactReading(parts.opening().opener(), plan.base());
    LocalUpdate trained;
    try (LoadedModel model = parts.runtime().load(artifacts.graph());
        TrainingSession session = model.openTraining()) {
      requireParameters("the model", session.layout().size());
      float[] base = base(artifacts, session.layout());
      requireParameters("the base version", base.length);
      ExampleStore examples = prepared(parts.examples(), model.preprocessing(), session);
      trained =
          new LocalTrainer(session, examples, plan.training(), shuffling, () -> cancelled)
              .train(base);
    }
    return encode(trained);
  }

  /** Raw examples as the model takes them. */
  private static ExampleStore prepared(
      ExampleStore raw, Preprocessing preprocessing, TrainingSession session)
      throws TrainingException {
    if (preprocessing.equals(Preprocessing.IDENTITY) || raw.size() == 0) {
      return raw;
    }
    List<Integer> input = session.exampleInput().shape();
    try {
      ArrayShape row = new ArrayShape(input.subList(1, input.size()));
      return new PreparedExamples(raw, preprocessing.between(raw.shape(), row));
    } catch (DataException e) {
      throw new TrainingException(TrainingException.Reason.UNFIT, String.valueOf(e.getMessage()));
    }
  }

  private float[] base(ArtifactReading artifacts, ParameterLayout layout) throws IOException {
    if (plan.base().isPlain()) {
      return parts.weights().take(plan.base(), TensorLengths.of(layout));
    }
    return artifacts
        .weights()
        .orElseThrow(() -> new IOException("the base version has no artifact WEIGHTS"));
  }

  /** In pieces, so that the plain words lie nowhere but where they will be masked. */
  private ModularVector encode(LocalUpdate trained) {
    UpdateLayout layout = UpdateLayout.of(plan.encoding(), plan.cohortSize());
    Contribution contribution =
        new Contribution(trained.examples(), trained.lossSum(), trained.correct());
    UpdateWords words = new UpdateEncoder(layout).begin(trained.delta(), contribution, rounding);
    ModularVector vector = new ModularVector(layout.words());
    for (int at = 0; words.remaining() > 0; ) {
      ByteString piece = words.next(PIECE_WORDS);
      vector.add(piece.asReadOnlyByteBuffer(), at);
      at += piece.size() / Long.BYTES;
    }
    return vector;
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
