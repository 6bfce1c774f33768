package io.covey.edgeagent.app;

import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.ModelState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What fetches wait for, such as room on the disk. The agent's scheduler only, but for {@link
 * #any}.
 */
final class FetchStalls {
  private final Map<ModelManifest, String> details = new HashMap<>();
  private volatile Optional<String> any = Optional.empty();

  /**
   * Notes what a fetch waits for; empty for nothing.
   *
   * @return whether that is new
   */
  boolean note(ModelManifest manifest, String detail) {
    String before = detail.isEmpty() ? details.remove(manifest) : details.put(manifest, detail);
    any = details.values().stream().findFirst();
    return !detail.equals(before == null ? "" : before);
  }

  /** What one of the fetches waits for; from any thread. */
  Optional<String> any() {
    return any;
  }

  /** The same state, saying of what is being fetched what it waits for. */
  ReportedState in(ReportedState state) {
    return new ReportedState(
        state.desiredRevision(), state.models().stream().map(this::in).toList(), state.canTrain());
  }

  private ModelState in(ModelState state) {
    if (state.status() != ReportedState.Status.FETCHING) {
      return state;
    }
    for (Map.Entry<ModelManifest, String> stall : details.entrySet()) {
      ModelManifest waiting = stall.getKey();
      if (waiting.model().equals(state.model()) && waiting.version().equals(state.version())) {
        return new ModelState(state.model(), state.version(), state.status(), stall.getValue());
      }
    }
    return state;
  }
}
