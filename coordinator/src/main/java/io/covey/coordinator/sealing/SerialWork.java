package io.covey.coordinator.sealing;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Work away from the owner's thread, one piece after the other: what only such work touches needs
 * no lock.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
final class SerialWork {
  private final Scheduler scheduler;
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);

  SerialWork(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Does the work when its turn comes. */
  <T> CompletionStage<T> add(long units, Callable<T> work) {
    Workload load = new Workload(Workload.Kind.STORAGE, units);
    CompletionStage<T> done = last.thenCompose(before -> scheduler.offload(load, work));
    last = done.handle((value, failure) -> true);
    return done;
  }
}
