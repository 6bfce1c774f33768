package io.covey.protocols.transport;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one {@link PahoConnection}: daemons, so that none keeps the process alive; never
 * shared, so that one that hangs takes none from the next connection; and watched, since Paho's
 * loops die in silence of what they did not expect. Three live as long as the connection, the
 * others end when they are idle.
 */
final class PahoThreads extends ScheduledThreadPoolExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(PahoThreads.class);

  /** Connecting, receiving, sending, calling back, pinging, disconnecting. */
  private static final int THREADS = 6;

  private static final long IDLE_MILLIS = 100;
  private static final long[] STARTER_WAKES_MILLIS = {1, 4, 16, 64};
  private static final long STACK_BYTES = 256 * 1024;

  private final String clientId;
  private final Consumer<String> onDeath;

  /**
   * @param onDeath hears when one of Paho's loops ends by an exception
   */
  PahoThreads(String clientId, Consumer<String> onDeath) {
    super(THREADS);
    this.clientId = clientId;
    this.onDeath = onDeath;
    AtomicInteger made = new AtomicInteger();
    setThreadFactory(
        task -> {
          String name = "mqtt-" + clientId + "-" + made.incrementAndGet();
          Thread thread = new Thread(null, task, name, STACK_BYTES);
          thread.setDaemon(true);
          return thread;
        });
    setKeepAliveTime(IDLE_MILLIS, TimeUnit.MILLISECONDS);
    allowCoreThreadTimeOut(true);
  }

  /**
   * Starts one of Paho's loops. Its starter then looks every 100 ms whether the loop runs, which
   * would make a connection take 300 ms: it is woken up to look again.
   */
  @Override
  public Future<?> submit(Runnable loop) {
    Thread starter = Thread.currentThread();
    Future<?> running = super.submit(loop);
    for (long millis : STARTER_WAKES_MILLIS) {
      var unused = schedule(() -> wake(starter), millis, TimeUnit.MILLISECONDS);
    }
    return running;
  }

  /** An interrupt is lost on a starter that does not sleep, and then it has no need of it. */
  private static void wake(Thread starter) {
    if (starter.getState() == Thread.State.TIMED_WAITING) {
      starter.interrupt();
    }
  }

  /** Runs {@code task} unless the connection is over. */
  void tryRun(Runnable task) {
    try {
      execute(task);
    } catch (RejectedExecutionException e) {
      LOG.trace("{}: too late for {}", clientId, task);
    }
  }

  /** Waits for all threads to end, and interrupts those that do not. */
  void awaitEnd(Duration timeout) {
    try {
      if (!awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        endForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts whatever is still running. */
  void endForcibly() {
    if (!isTerminated()) {
      LOG.warn("{}: {} threads of a dead connection are interrupted", clientId, getActiveCount());
      shutdownNow();
    }
  }

  @Override
  protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
    super.afterExecute(task, thrown);
    if (task instanceof Future<?> future && future.isDone() && !future.isCancelled()) {
      try {
        future.get();
      } catch (ExecutionException e) {
        LOG.warn("{}: a loop of the MQTT client died", clientId, e.getCause());
        onDeath.accept("a loop of the MQTT client died: " + e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
