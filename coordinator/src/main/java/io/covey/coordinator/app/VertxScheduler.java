package io.covey.coordinator.app;

import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A scheduler whose thread is one Vert.x event-loop context, with Vert.x's workers behind it. */
final class VertxScheduler implements Scheduler {
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final Context context;

  /** Wall-clock time at the start, carried on by the monotonic clock: it never goes back. */
  private final Instant origin = Instant.now();

  private final long originNanos = System.nanoTime();

  VertxScheduler(Vertx vertx, Context context) {
    this.vertx = vertx;
    this.context = context;
  }

  @Override
  public Instant now() {
    return origin.plusNanos(System.nanoTime() - originNanos);
  }

  @Override
  public void execute(Runnable task) {
    context.runOnContext(nothing -> task.run());
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    AtomicBoolean cancelled = new AtomicBoolean();
    AtomicLong timerId = new AtomicLong(NO_TIMER);
    // Vert.x takes no delay below a millisecond; timers of a context run on it.
    long millis = Math.max(1, delay.toMillis());
    execute(
        () -> {
          if (!cancelled.get()) {
            timerId.set(
                vertx.setTimer(
                    millis,
                    id -> {
                      if (!cancelled.get()) {
                        task.run();
                      }
                    }));
          }
        });
    return () -> {
      cancelled.set(true);
      long id = timerId.get();
      if (id != NO_TIMER) {
        vertx.cancelTimer(id);
      }
    };
  }

  @Override
  public <T> CompletionStage<T> offload(Workload load, Callable<T> work) {
    return context.executeBlocking(work, false).toCompletionStage();
  }
}
