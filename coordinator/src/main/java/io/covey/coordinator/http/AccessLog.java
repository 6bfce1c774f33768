package io.covey.coordinator.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first handler: sets the header fields that every answer has, and logs the request at debug.
 */
final class AccessLog implements Handler<RoutingContext> {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

  @Override
  public void handle(RoutingContext rc) {
    rc.response()
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Cache-Control", "no-store")
        .putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .putHeader("Referrer-Policy", "no-referrer");
    if (LOG.isDebugEnabled()) {
      long start = System.nanoTime();
      rc.addEndHandler(done -> log(rc, Duration.ofNanos(System.nanoTime() - start), done.failed()));
    }
    rc.next();
  }

  private static void log(RoutingContext rc, Duration took, boolean cutOff) {
    HttpServerResponse response = rc.response();
    LOG.debug(
        "{} {} {} {} bytes {} ms{}",
        rc.request().method(),
        printable(rc.request().uri()),
        response.getStatusCode(),
        response.bytesWritten(),
        took.toMillis(),
        cutOff ? ", cut off" : "");
  }

  /** A request line may hold bytes that would forge a line of the log. */
  static String printable(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.chars().forEach(c -> safe.append(c > ' ' && c < 0x7f ? (char) c : '?'));
    return safe.toString();
  }
}
