package io.covey.edgeagent.serving;

import io.covey.models.runtime.InferenceSession;
import io.covey.models.runtime.LoadedModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.models.runtime.Signature;
import java.util.Optional;

/**
 * A loaded graph with the values that its variables are to have. Safe for several threads; each
 * works with a session of its own.
 */
public final class ServableModel implements AutoCloseable {
  private final LoadedModel model;
  // Written once and never handed out but to restore, which copies.
  private final Optional<float[]> weights;

  private ServableModel(LoadedModel model, Optional<float[]> weights) {
    this.model = model;
    this.weights = weights;
  }

  /**
   * Loads a graph.
   *
   * @param weights for all its variables; empty for a graph that holds its own
   * @throws io.covey.models.graph.ModelException when the runtime refuses the graph
   */
  public static ServableModel load(ModelRuntime runtime, byte[] graph, Optional<float[]> weights) {
    return new ServableModel(runtime.load(graph), weights);
  }

  /** What a request gives and gets. */
  public Signature signature() {
    return model.inferenceSignature();
  }

  /** A session with the weights in it; for one thread at a time. */
  public InferenceSession newSession() {
    InferenceSession session = model.openInference();
    boolean restored = false;
    try {
      weights.ifPresent(session::restore);
      restored = true;
      return session;
    } finally {
      if (!restored) {
        session.close();
      }
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
