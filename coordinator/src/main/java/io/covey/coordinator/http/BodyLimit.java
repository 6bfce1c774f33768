package io.covey.coordinator.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** How large the body of one request may be: by what it announces, and by what comes. */
final class BodyLimit {
  private final long limitBytes;
  private long receivedBytes;

  BodyLimit(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  /** Lets the body come, or throws a problem. */
  void admit(RoutingContext rc) {
    HttpServerRequest request = rc.request();
    String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    // That it is a number that fits was checked when the head was decoded.
    if (announced != null && Long.parseLong(announced) > limitBytes) {
      throw tooLarge();
    }
    String expectation = request.getHeader(HttpHeaders.EXPECT);
    if (expectation == null) {
      return;
    }
    if (!expectation.equalsIgnoreCase("100-continue")) {
      throw new ProblemException(
          ProblemType.EXPECTATION_FAILED, "Only the expectation 100-continue can be met.");
    }
    rc.response().writeContinue();
  }

  /** Counts what came; fails the request when it is too much. */
  void count(RoutingContext rc, Buffer arrived) {
    receivedBytes += arrived.length();
    if (receivedBytes > limitBytes && !rc.failed()) {
      rc.fail(tooLarge());
    }
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        ProblemType.BODY_TOO_LARGE, "At most " + limitBytes + " bytes are taken here.");
  }
}
