package io.covey.protocols.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/**
 * The one source of time and of threads for everything behind the adapters.
 *
 * <p>A scheduler owns one logical thread. Every task given to it, and every stage returned by
 * {@link #offload}, completes on that thread, one at a time, so whatever is touched only from there
 * needs no lock. On a real event loop tasks must not block; heavy or blocking work goes through
 * {@link #offload}. Under virtual time everything runs on the caller's thread in an order that
 * depends on the seed alone.
 */
public interface Scheduler {

  /** The current time. Monotonic within one scheduler. */
  Instant now();

  /**
   * Runs {@code task} on the owner's thread as soon as it is free; tasks given from one thread run
   * in their order. May be called from any thread.
   */
  void execute(Runnable task);

  /** Runs {@code task} on the owner's thread after {@code delay}. May be called from any thread. */
  Timer schedule(Duration delay, Runnable task);

  /**
   * Runs {@code work} away from the owner's thread and completes the answer on it.
   *
   * @param load what kind of work it is and how much, for schedulers that model a device's speed
   */
  <T> CompletionStage<T> offload(Workload load, Callable<T> work);

  /** A task that waits for its time. */
  interface Timer {
    /** Takes the task back if it has not begun. */
    void cancel();
  }
}
