package io.covey.coordinator.training;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the stores away from the owner's thread, one after the other in the order in which they
 * were asked for: what was decided last is also what is kept last.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
final class OrderedWrites {
  private static final Logger LOG = LoggerFactory.getLogger(OrderedWrites.class);
  private static final Workload ONE_RECORD = new Workload(Workload.Kind.STORAGE, 1);

  private final Scheduler scheduler;
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);

  OrderedWrites(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** Writes when its turn comes. */
  <T> CompletionStage<T> write(Callable<T> work) {
    CompletionStage<T> written = last.thenCompose(before -> scheduler.offload(ONE_RECORD, work));
    last = written.handle((value, failure) -> true);
    return written;
  }

  /**
   * Writes without anybody waiting. A failure is logged; what was to be written is made up for at
   * the next change, or at a restart.
   */
  void writeBehind(String what, Runnable work) {
    var unused =
        write(
                () -> {
                  work.run();
                  return true;
                })
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.error("the {} could not be stored", what, failure);
                  }
                });
  }
}
