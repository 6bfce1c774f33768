package io.covey.protocols.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Real time: one daemon thread that owns the tasks, and a {@link WorkerPool} for the heavy work,
 * which it may share with others.
 *
 * <p>A task that throws is logged, and the next one runs. After {@link #close} new tasks are
 * dropped, and work that is given away fails its stage, on the thread that finds out, so that
 * nobody waits for it.
 */
public final class ExecutorScheduler implements Scheduler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExecutorScheduler.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();
  private final ScheduledThreadPoolExecutor owner;
  private final WorkerPool workers;

  /** The owner's thread is called {@code name-1}. {@code workers} stay open on {@link #close}. */
  public ExecutorScheduler(String name, WorkerPool workers) {
    this.owner = new ScheduledThreadPoolExecutor(1, new NamedThreads(name));
    owner.setRemoveOnCancelPolicy(true);
    owner.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.workers = workers;
  }

  /** The wall clock's time at the start, carried on by the monotonic clock. */
  @Override
  public Instant now() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }

  @Override
  public void execute(Runnable task) {
    try {
      owner.execute(() -> runLogged(task));
    } catch (RejectedExecutionException e) {
      LOG.debug("Dropped a task: the scheduler is closed");
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    try {
      Future<?> future =
          owner.schedule(() -> runLogged(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      LOG.debug("Dropped a timer: the scheduler is closed");
      return () -> {};
    }
  }

  @Override
  public <T> CompletionStage<T> offload(Workload load, Callable<T> work) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      workers.run(() -> runAway(work, answer));
    } catch (RejectedExecutionException e) {
      complete(() -> answer.completeExceptionally(e));
    }
    return answer;
  }

  /** Drops what waits and gives the task that runs two seconds to end. */
  @Override
  public void close() {
    owner.shutdownNow();
    NamedThreads.awaitEnd(owner, CLOSE_TIMEOUT);
  }

  private <T> void runAway(Callable<T> work, CompletableFuture<T> answer) {
    try {
      T value = work.call();
      complete(() -> answer.complete(value));
    } catch (Throwable e) {
      // Errors too (a linkage error, memory): whoever waits for the answer must hear of it.
      complete(() -> answer.completeExceptionally(e));
    }
  }

  private void complete(Runnable completion) {
    try {
      owner.execute(() -> runLogged(completion));
    } catch (RejectedExecutionException e) {
      completion.run();
    }
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.error("A task failed", e);
    }
  }
}
