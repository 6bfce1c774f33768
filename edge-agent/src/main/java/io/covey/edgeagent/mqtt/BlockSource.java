package io.covey.edgeagent.mqtt;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.message.Limits;
import io.covey.protocols.time.Scheduler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Where blocks come from: from the broker, which has retained them, or from the coordinator, on
 * request. Nobody says so; an agent finds out by what answers, and begins the next artifact with
 * what answered last.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class BlockSource {

  /** One artifact of a model. */
  private record Place(ModelName model, Sha256 artifact) {}

  private final Scheduler scheduler;
  private final Map<Place, TreeSet<Integer>> wanted = new LinkedHashMap<>();
  private Consumer<ChunksWanted> requester = wanted -> {};
  private boolean onRequest;
  private boolean flushing;

  BlockSource(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Whom to tell what is wanted. */
  void attach(Consumer<ChunksWanted> newRequester) {
    requester = newRequester;
  }

  /** Whether the broker has not retained what came last. */
  boolean isOnRequest() {
    return onRequest;
  }

  void setOnRequest(boolean answeredOnRequest) {
    onRequest = answeredOnRequest;
  }

  /** Asks the coordinator, together with whatever else is asked for by the task that runs. */
  void request(ModelName model, Sha256 artifact, int index) {
    wanted.computeIfAbsent(new Place(model, artifact), place -> new TreeSet<>()).add(index);
    if (!flushing) {
      flushing = true;
      scheduler.execute(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    wanted.forEach(
        (place, indices) -> {
          List<Integer> all = new ArrayList<>(indices);
          for (int from = 0; from < all.size(); from += Limits.CHUNKS_WANTED) {
            int to = Math.min(all.size(), from + Limits.CHUNKS_WANTED);
            requester.accept(
                new ChunksWanted(place.model(), place.artifact(), all.subList(from, to)));
          }
        });
    wanted.clear();
  }
}
