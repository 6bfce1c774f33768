package io.covey.coordinator.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bounds how many connections are open, and how long one may take to send its first request's head:
 * a byte now and then keeps a connection from being idle. Confined to the server's event loop.
 */
final class ConnectionGate {
  private final Vertx vertx;
  private final int limit;
  private final Duration patience;
  private final Set<HttpConnection> silent = new HashSet<>();
  // Atomic only because the gauge reads it from another thread.
  private final AtomicInteger open = new AtomicInteger();

  ConnectionGate(Vertx vertx, HttpSettings settings, MeterRegistry meters) {
    this.vertx = vertx;
    this.limit = settings.load().connections();
    this.patience = settings.timeouts().idle();
    Gauge.builder("covey.http.connections", open, AtomicInteger::get)
        .description("Open connections to the admin API")
        .strongReference(true)
        .register(meters);
  }

  /** Called for each new connection. */
  void opened(HttpConnection connection) {
    if (open.get() == limit) {
      connection.close();
      return;
    }
    open.incrementAndGet();
    silent.add(connection);
    long timer =
        vertx.setTimer(
            patience.toMillis(),
            id -> {
              if (silent.remove(connection)) {
                connection.close();
              }
            });
    connection.closeHandler(
        closed -> {
          open.decrementAndGet();
          silent.remove(connection);
          vertx.cancelTimer(timer);
        });
  }

  /** Called for each request. */
  void spoke(HttpConnection connection) {
    silent.remove(connection);
  }
}
