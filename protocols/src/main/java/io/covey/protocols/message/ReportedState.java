package io.covey.protocols.message;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import java.util.List;

/**
 * What an agent runs: topic {@code up/reported}.
 *
 * @param desiredRevision the desired state that this answers; 0 when none has arrived yet
 * @param canTrain whether the agent holds training examples; how many stays with the agent
 */
public record ReportedState(long desiredRevision, List<ModelState> models, boolean canTrain)
    implements Message {

  /** How far one model has come on the agent. */
  public enum Status {
    FETCHING,
    SERVING,
    REFUSED
  }

  /**
   * One model on the agent. An agent that serves one version and fetches another reports both.
   *
   * @param detail for people: why the version was refused, or what it waits for: files, or its
   *     release; empty otherwise. Cleaned by {@link Limits#readable}
   */
  public record ModelState(ModelName model, ModelVersion version, Status status, String detail) {
    public ModelState {
      detail = Limits.readable(detail);
    }
  }

  public ReportedState {
    models = List.copyOf(models);
    Limits.checkRange("desired revision", desiredRevision, 0, Long.MAX_VALUE);
    Limits.checkRange("model states", models.size(), 0, 2L * Limits.MODELS_PER_AGENT);
  }
}
