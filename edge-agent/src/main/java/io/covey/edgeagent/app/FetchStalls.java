package io.covey.edgeagent.app;

import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.ModelState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What fetches wait for, such as room on the disk, and how far those are that take long. The
 * agent's scheduler only, but for {@link #any}.
 */
final class FetchStalls {
  private final Map<ModelManifest, String> details = new HashMap<>();
  private final Map<ModelManifest, String> slow = new HashMap<>();
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

  /** Notes how far a fetch is that takes long. */
  void noteSlow(ModelManifest manifest, String progress) {
    slow.put(manifest, progress);
  }

  /** The fetch is over. */
  void forget(ModelManifest manifest) {
    slow.remove(manifest);
    note(manifest, "");
  }

  /** What one of the fetches waits for; from any thread. */
  Optional<String> any() {
    return any;
  }

  /** The same state, saying of what is being fetched what it waits for, or how far it is. */
  ReportedState in(ReportedState state) {
    return new ReportedState(
        state.desiredRevision(), state.models().stream().map(this::in).toList(), state.canTrain());
  }

  private ModelState in(ModelState state) {
    if (state.status() != ReportedState.Status.FETCHING) {
      return state;
    }
    String detail = of(state, details).or(() -> of(state, slow)).orElse(state.detail());
    return new ModelState(state.model(), state.version(), state.status(), detail);
  }

  private static Optional<String> of(ModelState state, Map<ModelManifest, String> details) {
    return details.entrySet().stream()
        .filter(
            entry ->
                entry.getKey().model().equals(state.model())
                    && entry.getKey().version().equals(state.version()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
