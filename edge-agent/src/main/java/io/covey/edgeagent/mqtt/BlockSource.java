package io.covey.edgeagent.mqtt;

import io.covey.protocols.message.ChunksWanted;
import io.covey.protocols.time.Scheduler;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where blocks come from: from the broker, which has retained them, or from the coordinator, on
 * request. Nobody says so; an agent finds out by what answers, and begins the next artifact with
 * what answered last.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class BlockSource {

  private final Scheduler scheduler;
  private final Set<BlockAsking> asking = new LinkedHashSet<>();
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

  /**
   * Asks the coordinator for all that is requested of an artifact and has not come, together with
   * whatever else the task that runs asks for.
   */
  void request(BlockAsking wanted) {
    asking.add(wanted);
    if (!flushing) {
      flushing = true;
      scheduler.execute(this::flush);
    }
  }

  private void flush() {
    flushing = false;
    asking.forEach(wanted -> wanted.request().ifPresent(requester));
    asking.clear();
  }
}
