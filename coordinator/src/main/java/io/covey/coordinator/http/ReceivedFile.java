package io.covey.coordinator.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A body on its way into a file. Confined to the server's event loop. */
final class ReceivedFile {
  private static final Logger LOG = LoggerFactory.getLogger(ReceivedFile.class);

  private final Vertx vertx;
  private final Path path;
  private final long limitBytes;
  private long receivedBytes;

  ReceivedFile(Vertx vertx, Path directory, long limitBytes) {
    this.vertx = vertx;
    this.path = directory.resolve(UUID.randomUUID() + ".body");
    this.limitBytes = limitBytes;
  }

  /** Receives the whole body and goes on to the next handler, or fails the request. */
  void receive(RoutingContext rc) {
    HttpServerRequest request = rc.request();
    checkAnnounced(request);
    answerExpectation(rc);
    request.pause();
    vertx
        .fileSystem()
        .open(path.toString(), new OpenOptions().setCreateNew(true).setWrite(true).setRead(false))
        .onSuccess(file -> pump(rc, file))
        .onFailure(rc::fail);
  }

  long lengthBytes() {
    return receivedBytes;
  }

  /** The whole content. */
  Future<byte[]> content() {
    return vertx.executeBlocking(() -> Files.readAllBytes(path), false);
  }

  private void pump(RoutingContext rc, AsyncFile file) {
    HttpServerRequest request = rc.request();
    // Registered only now, so that the file is there to be closed and deleted.
    rc.addEndHandler(done -> discard(file));
    if (rc.response().ended() || rc.response().closed()) {
      discard(file);
      return;
    }
    request.exceptionHandler(rc::fail);
    request.handler(buffer -> keep(rc, file, buffer));
    request.endHandler(
        end -> {
          if (!rc.failed()) {
            file.flush().onSuccess(done -> rc.next()).onFailure(rc::fail);
          }
        });
    request.resume();
  }

  private void keep(RoutingContext rc, AsyncFile file, Buffer buffer) {
    receivedBytes += buffer.length();
    if (rc.failed()) {
      return;
    }
    if (receivedBytes > limitBytes) {
      rc.fail(tooLarge());
      return;
    }
    file.write(buffer).onFailure(rc::fail);
    if (file.writeQueueFull()) {
      rc.request().pause();
      file.drainHandler(drained -> rc.request().resume());
    }
  }

  private void checkAnnounced(HttpServerRequest request) {
    boolean over =
        Optional.ofNullable(request.getHeader(HttpHeaders.CONTENT_LENGTH))
            .map(Long::parseLong)
            .filter(length -> length > limitBytes)
            .isPresent();
    if (over) {
      throw tooLarge();
    }
  }

  private static void answerExpectation(RoutingContext rc) {
    String expectation = rc.request().getHeader(HttpHeaders.EXPECT);
    if (expectation == null) {
      return;
    }
    if (!expectation.equalsIgnoreCase("100-continue")) {
      throw new ProblemException(
          ProblemType.EXPECTATION_FAILED, "Only the expectation 100-continue can be met.");
    }
    rc.response().writeContinue();
  }

  private ProblemException tooLarge() {
    return new ProblemException(
        ProblemType.BODY_TOO_LARGE, "At most " + limitBytes + " bytes are taken here.");
  }

  private void discard(AsyncFile file) {
    file.close()
        .eventually(() -> vertx.fileSystem().delete(path.toString()))
        .onFailure(e -> LOG.warn("cannot delete the received body {}", path, e));
  }
}
