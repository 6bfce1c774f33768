package io.covey.coordinator.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Takes in bodies within their limits of size and time: JSON in memory, files on disk, so that a
 * body that arrives slowly occupies no memory. What was kept on disk is deleted when the request
 * ends.
 */
final class BodyIntake implements Handler<RoutingContext> {
  private static final String FILE = "covey.bodyFile";
  private static final String FORM = "covey.bodyForm";
  private static final Duration FORM_GRACE = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final HttpSettings settings;
  private final TransferSlots transfers;
  private final BodyHandler documents;

  BodyIntake(Vertx vertx, HttpSettings settings, TransferSlots transfers) {
    this.vertx = vertx;
    this.settings = settings;
    this.transfers = transfers;
    this.documents = BodyHandler.create(false).setBodyLimit(settings.bodies().jsonBytes());
  }

  /** The file that holds the body of this request; empty when no file does. */
  static Optional<ReceivedFile> file(RoutingContext rc) {
    return Optional.ofNullable(rc.<ReceivedFile>get(FILE));
  }

  /** The form that is the body of this request. */
  static ReceivedForm form(RoutingContext rc) {
    return Objects.requireNonNull(rc.<ReceivedForm>get(FORM));
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
      case "multipart/form-data" -> receiveForm(rc);
      case "text/csv" -> receiveFile(rc, new BodyLimit(settings.bodies().csvBytes()));
      default -> receiveFile(rc, new BodyLimit(settings.bodies().modelBytes()));
    }
  }

  private void receiveFile(RoutingContext rc, BodyLimit limit) {
    transfers.acquire(rc);
    limit.admit(rc);
    ReceivedFile file = new ReceivedFile(vertx, settings.uploadDirectory());
    rc.put(FILE, file);
    rc.addEndHandler(done -> file.discard());
    file.receive(rc.request(), piece -> limit.count(rc, piece))
        .onSuccess(
            done -> {
              if (!rc.failed()) {
                rc.next();
              }
            })
        .onFailure(rc::fail);
  }

  private void receiveForm(RoutingContext rc) {
    transfers.acquire(rc);
    Duration body = settings.timeouts().body();
    ReceivedForm form =
        new ReceivedForm(
            vertx, settings.uploadDirectory(), body.compareTo(FORM_GRACE) < 0 ? body : FORM_GRACE);
    rc.put(FORM, form);
    form.receive(rc, new BodyLimit(settings.bodies().modelBytes()));
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
