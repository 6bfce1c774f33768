package io.covey.coordinator.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Bounds how many connections are open, and how long one may take to send its first request's head:
 * a byte now and then keeps a connection from being idle. Confined to the server's event loop.
 */
final class ConnectionGate {
  private final Vertx vertx;
  private final int limit;
  private final Duration patience;
  private final Set<HttpConnection> silent = new HashSet<>();
  private int open;

  ConnectionGate(Vertx vertx, int limit, Duration patience) {
    this.vertx = vertx;
    this.limit = limit;
    this.patience = patience;
  }

  /** Called for each new connection. */
  void opened(HttpConnection connection) {
    if (open == limit) {
      connection.close();
      return;
    }
    open++;
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
          open--;
          silent.remove(connection);
          vertx.cancelTimer(timer);
        });
  }

  /** Called for each request. */
  void spoke(HttpConnection connection) {
    silent.remove(connection);
  }
}
