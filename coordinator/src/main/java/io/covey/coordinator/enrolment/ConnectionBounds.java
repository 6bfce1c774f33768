package io.covey.coordinator.enrolment;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Bounds how many connections are open, in all and from one address, and how long each may take for
 * a request with its answer. What finds no room is closed without a word.
 *
 * <p>Connections are seen once TLS stands; until then the server's handshake timeout bounds them.
 * Confined to the server's event loop.
 */
final class ConnectionBounds {
  /** What an answer that comes at the last moment is given to get out. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Vertx vertx;
  private final IssuerLimits limits;
  private final Map<HttpConnection, Long> timers = new HashMap<>();
  private final Map<String, Integer> addresses = new HashMap<>();

  ConnectionBounds(Vertx vertx, IssuerLimits limits) {
    this.vertx = vertx;
    this.limits = limits;
  }

  /** Called for each new connection. */
  void opened(HttpConnection connection) {
    String address = connection.remoteAddress().hostAddress();
    int ofAddress = addresses.getOrDefault(address, 0);
    if (timers.size() >= limits.connections() || ofAddress >= limits.connectionsOfAddress()) {
      connection.close();
      return;
    }
    addresses.put(address, ofAddress + 1);
    timers.put(connection, timer(connection));
    connection.closeHandler(closed -> closed(connection, address));
  }

  /** A request was answered: the next one may take as long again. */
  void answered(HttpConnection connection) {
    Long before = timers.get(connection);
    if (before != null) {
      vertx.cancelTimer(before);
      timers.put(connection, timer(connection));
    }
  }

  private long timer(HttpConnection connection) {
    return vertx.setTimer(limits.request().plus(GRACE).toMillis(), due -> connection.close());
  }

  private void closed(HttpConnection connection, String address) {
    Long timer = timers.remove(connection);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    addresses.computeIfPresent(address, (known, count) -> count > 1 ? count - 1 : null);
  }
}
