package io.covey.coordinator.http;

import io.covey.coordinator.training.TrainingEvent;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one watcher has yet to read. Events are offered from any thread; everything else is confined
 * to the server's event loop.
 *
 * <p>The backlog is bounded. A watcher that falls further behind is cut off rather than shown a
 * stream with holes: it connects again and begins with how things are then. One that does not read
 * at all is cut off by the server's idle timeout, since no write to it completes.
 */
final class EventStream {
  private static final String HEARTBEAT = ":\n\n";

  private final Context eventLoop;
  private final HttpServerResponse response;
  private final int capacity;
  private final Runnable onOverflow;

  // Guarded by this.
  private final ArrayDeque<TrainingEvent> backlog = new ArrayDeque<>();
  private boolean held = true;
  private boolean scheduled;
  private boolean closed;

  /**
   * @param capacity events that may wait
   * @param onOverflow called on the event loop, at most once, when the watcher is too slow
   */
  EventStream(Context eventLoop, HttpServerResponse response, int capacity, Runnable onOverflow) {
    this.eventLoop = eventLoop;
    this.response = response;
    this.capacity = capacity;
    this.onOverflow = onOverflow;
  }

  /** Adds an event, from any thread and without waiting. */
  void offer(TrainingEvent event) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (backlog.size() < capacity) {
        backlog.add(event);
      } else {
        close();
        eventLoop.runOnContext(v -> onOverflow.run());
        return;
      }
      if (held || scheduled) {
        return;
      }
      scheduled = true;
    }
    eventLoop.runOnContext(v -> drain());
  }

  /** Sends how things are, then what was offered in the meantime. */
  void begin(List<TrainingEvent> snapshot) {
    // Sent even when nothing is known yet: it carries the head of the response.
    response.write(HEARTBEAT);
    snapshot.forEach(event -> response.write(TrainingJson.block(event)));
    synchronized (this) {
      held = false;
    }
    drain();
  }

  /** Shows that the connection is alive, unless what is on its way shows it. */
  void heartbeat() {
    if (!response.writeQueueFull()) {
      response.write(HEARTBEAT);
    }
  }

  /** Forgets the backlog and takes no more. */
  synchronized void close() {
    closed = true;
    backlog.clear();
  }

  private void drain() {
    while (!response.writeQueueFull()) {
      TrainingEvent next = next();
      if (next == null) {
        return;
      }
      response.write(TrainingJson.block(next));
    }
    // Stays scheduled: the handler goes on.
    response.drainHandler(v -> drain());
  }

  private synchronized @Nullable TrainingEvent next() {
    TrainingEvent next = backlog.poll();
    scheduled = next != null;
    return next;
  }
}
