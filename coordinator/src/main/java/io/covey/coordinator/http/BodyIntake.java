package io.covey.coordinator.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.FileUpload;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Takes in bodies within their limits of size and time: JSON in memory, files on disk, so that a
 * body that arrives slowly occupies no memory. What was kept on disk is deleted when the request
 * ends.
 */
final class BodyIntake implements Handler<RoutingContext> {
  private static final String FILE = "covey.bodyFile";

  private final Vertx vertx;
  private final HttpSettings settings;
  private final TransferSlots transfers;
  private final BodyHandler documents;
  private final BodyHandler forms;

  BodyIntake(Vertx vertx, HttpSettings settings, TransferSlots transfers) {
    this.vertx = vertx;
    this.settings = settings;
    this.transfers = transfers;
    this.documents = BodyHandler.create(false).setBodyLimit(settings.bodies().jsonBytes());
    this.forms =
        BodyHandler.create(settings.uploadDirectory().toString())
            .setBodyLimit(settings.bodies().modelBytes())
            .setMergeFormAttributes(false)
            .setDeleteUploadedFilesOnEnd(true);
  }

  /** The file that holds the body of this request. */
  static ReceivedFile file(RoutingContext rc) {
    return Objects.requireNonNull(rc.<ReceivedFile>get(FILE));
  }

  /** Whether the body was kept in a file. */
  static boolean hasFile(RoutingContext rc) {
    return rc.get(FILE) != null;
  }

  /** The whole content of a file that came with a form. */
  static Future<byte[]> content(Vertx vertx, FileUpload upload) {
    return vertx.executeBlocking(
        () -> Files.readAllBytes(Path.of(upload.uploadedFileName())), false);
  }

  @Override
  public void handle(RoutingContext rc) {
    String type = Negotiation.bodyType(rc).orElse("");
    if (type.isEmpty()) {
      rc.next();
      return;
    }
    limitTime(rc);
    switch (type) {
      case "application/json" -> documents.handle(rc);
      case "multipart/form-data" -> {
        transfers.acquire(rc);
        forms.handle(rc);
      }
      case "text/csv" -> receive(rc, settings.bodies().csvBytes());
      default -> receive(rc, settings.bodies().modelBytes());
    }
  }

  private void receive(RoutingContext rc, long limitBytes) {
    transfers.acquire(rc);
    ReceivedFile file = new ReceivedFile(vertx, settings.uploadDirectory(), limitBytes);
    rc.put(FILE, file);
    file.receive(rc);
  }

  private void limitTime(RoutingContext rc) {
    long timer =
        vertx.setTimer(
            settings.timeouts().body().toMillis(),
            id -> {
              if (!rc.request().isEnded() && !rc.failed()) {
                rc.fail(
                    new ProblemException(
                        ProblemType.BODY_TIMEOUT,
                        "The body was not complete within " + settings.timeouts().body() + "."));
              }
            });
    rc.addEndHandler(done -> vertx.cancelTimer(timer));
  }
}
