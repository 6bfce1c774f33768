package io.covey.coordinator.http;

import io.netty.handler.codec.DecoderException;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A form on its way in: its fields in memory, within the server's limits on them, and its files on
 * disk. Confined to the server's event loop.
 */
final class ReceivedForm {
  private final Vertx vertx;
  private final Path directory;
  private final Duration grace;
  private final List<Part> files = new ArrayList<>();
  private final List<Future<Void>> arrivals = new ArrayList<>();
  private MultiMap fields = MultiMap.caseInsensitiveMultiMap();

  /** A file of a form, under the name of its field. */
  record Part(String name, ReceivedFile file) {}

  /**
   * @param grace how long files may take to end once the body has: a form that breaks off within a
   *     file never ends it
   */
  ReceivedForm(Vertx vertx, Path directory, Duration grace) {
    this.vertx = vertx;
    this.directory = directory;
    this.grace = grace;
  }

  /** Receives the whole form and goes on to the next handler, or fails the request. */
  void receive(RoutingContext rc, BodyLimit limit) {
    limit.admit(rc);
    HttpServerRequest request = rc.request();
    request.exceptionHandler(cause -> fail(rc, cause));
    request.handler(piece -> limit.count(rc, piece));
    request.uploadHandler(
        upload -> {
          ReceivedFile file = new ReceivedFile(vertx, directory);
          files.add(new Part(upload.name(), file));
          arrivals.add(file.receive(upload, piece -> {}));
        });
    request.endHandler(ended -> finish(rc));
    rc.addEndHandler(done -> files.forEach(part -> part.file().discard()));
    try {
      request.setExpectMultipart(true);
    } catch (IllegalStateException | DecoderException e) {
      throw malformed();
    }
  }

  /** Its fields that are no files. */
  MultiMap fields() {
    return fields;
  }

  /** Its fields that are files. */
  List<Part> files() {
    return List.copyOf(files);
  }

  private void finish(RoutingContext rc) {
    Future.all(arrivals)
        .timeout(grace.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(
            all -> {
              if (!rc.failed()) {
                fields = rc.request().formAttributes();
                rc.next();
              }
            })
        .onFailure(cause -> fail(rc, cause));
  }

  private static void fail(RoutingContext rc, Throwable cause) {
    if (rc.failed()) {
      return;
    }
    rc.fail(
        cause instanceof DecoderException || cause instanceof TimeoutException
            ? malformed()
            : cause);
  }

  private static ProblemException malformed() {
    return new ProblemException(
        ProblemType.MALFORMED_REQUEST,
        "The form cannot be decoded: it must be multipart/form-data (RFC 7578) with a boundary, end"
            + " where it says, and have few fields.");
  }
}
