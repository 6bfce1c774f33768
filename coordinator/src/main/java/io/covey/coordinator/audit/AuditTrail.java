package io.covey.coordinator.audit;

import io.covey.coordinator.audit.AuditEvent.Kind;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes events from any thread, without blocking it, and appends them to a log on a thread of its
 * own, in the order in which they came. What finds no room, or cannot be written, is counted, and
 * the log says so as soon as it can.
 */
public final class AuditTrail implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
  private static final int ROOM = 10_000;
  private static final long CLOSING_SECONDS = 10;

  private final AuditFile file;
  private final BlockingQueue<AuditEvent> waiting = new ArrayBlockingQueue<>(ROOM);
  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;
  private volatile boolean closing;
  private boolean failing;

  /** Appends to {@code file}, until closed. */
  public AuditTrail(AuditFile file) {
    this.file = file;
    this.writer = new Thread(this::write, "covey-audit");
    this.writer.setDaemon(true);
    this.writer.start();
  }

  /** Takes note of an event. */
  public void record(AuditEvent event) {
    if (closing || !waiting.offer(event)) {
      lost.incrementAndGet();
    }
  }

  private void write() {
    try {
      while (!closing || !waiting.isEmpty()) {
        AuditEvent next = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (next != null) {
          append(next);
        }
      }
      noteLost();
    } catch (InterruptedException e) {
      // Closing has waited long enough.
      Thread.currentThread().interrupt();
    }
  }

  private void append(AuditEvent event) {
    noteLost();
    try {
      file.append(event);
      failing = false;
    } catch (IOException | RuntimeException e) {
      lost.incrementAndGet();
      failed(e);
    }
  }

  private void noteLost() {
    long missing = lost.get();
    if (missing > 0) {
      try {
        file.append(AuditEvent.of(Kind.ENTRIES_LOST, "").with("count", missing));
        lost.addAndGet(-missing);
      } catch (IOException | RuntimeException e) {
        failed(e);
      }
    }
  }

  private void failed(Exception e) {
    if (!failing) {
      LOG.error("the audit log cannot be written: {}", e.toString());
    }
    failing = true;
  }

  /** How many entries are missing that the log does not yet say are. */
  long lost() {
    return lost.get();
  }

  /** Where the log ends. */
  public AuditHead head() {
    return file.head();
  }

  /** Writes what waits, for at most ten seconds. */
  @Override
  public void close() {
    closing = true;
    try {
      writer.join(TimeUnit.SECONDS.toMillis(CLOSING_SECONDS));
      if (writer.isAlive()) {
        LOG.error("the audit log did not take {} entries in time", waiting.size());
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOG.info("audit log {} ends at {}", file.path(), file.head());
  }
}
