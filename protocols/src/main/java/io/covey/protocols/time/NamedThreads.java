package io.covey.protocols.time;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Daemon threads that say whose they are. */
final class NamedThreads implements ThreadFactory {
  private static final Logger LOG = LoggerFactory.getLogger(NamedThreads.class);

  private final String name;
  private final AtomicInteger made = new AtomicInteger();

  NamedThreads(String name) {
    this.name = name;
  }

  @Override
  public Thread newThread(Runnable task) {
    Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Waits for the threads of a stopped executor; says so when they outlast {@code timeout}. */
  static void awaitEnd(ExecutorService executor, Duration timeout) {
    try {
      if (!executor.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Threads of {} did not end within {}", executor, timeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
