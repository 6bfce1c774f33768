package io.covey.protocols.time;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A fixed number of daemon threads for heavy work, with a bounded queue before them. Several {@link
 * ExecutorScheduler}s may share one. Idle threads end after a while.
 */
public final class WorkerPool implements AutoCloseable {
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
  private static final int QUEUE = 4096;

  private final ThreadPoolExecutor executor;

  /**
   * A pool of {@code threads} threads, at least 1, that are called {@code name-1} and so on. More
   * than 4096 waiting tasks are refused.
   */
  public WorkerPool(String name, int threads) {
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            new NamedThreads(name));
    executor.allowCoreThreadTimeOut(true);
  }

  /** Throws {@link java.util.concurrent.RejectedExecutionException} when full or closed. */
  void run(Runnable task) {
    executor.execute(task);
  }

  /** Interrupts what runs, drops what waits, and gives the threads two seconds to end. */
  @Override
  public void close() {
    executor.shutdownNow();
    NamedThreads.awaitEnd(executor, CLOSE_TIMEOUT);
  }
}
