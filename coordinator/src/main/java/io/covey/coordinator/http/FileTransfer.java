package io.covey.coordinator.http;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.ArtifactReference;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One answer with a part of a file: reads a slice, hands it to the connection, and reads the next
 * when the device has taken it in and the rates allow it. So an answer holds one slice in memory,
 * and what a slow device holds up is its own. Confined to the server's event loop.
 */
final class FileTransfer {
  private static final Logger LOG = LoggerFactory.getLogger(FileTransfer.class);
  private static final long NO_TIMER = -1;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Part part;
  private final Terms terms;
  private final long startNanos = System.nanoTime();
  private long position;
  private long drainTimer = NO_TIMER;
  private boolean over;

  /** What is sent to whom. */
  record Part(AgentId device, ArtifactReference file, ByteRange range) {}

  /**
   * @param drain longest time for a device to take a slice in
   * @param ended called once, however it ends
   */
  record Terms(
      Duration drain,
      DeliveryRates rates,
      ArtifactStore store,
      DeliveryMeters meters,
      Runnable ended) {}

  FileTransfer(Vertx vertx, HttpServerRequest request, Part part, Terms terms) {
    this.vertx = vertx;
    this.request = request;
    this.response = request.response();
    this.part = part;
    this.terms = terms;
    this.position = part.range().first();
    response.exceptionHandler(e -> end("broke off"));
    response.closeHandler(closed -> end("cut off"));
  }

  /** Answers a question about the file: without its bytes. */
  void headOnly() {
    response.end();
    end("head");
  }

  void begin() {
    next();
  }

  private void next() {
    if (over) {
      return;
    }
    if (position > part.range().last()) {
      response.end();
      end("whole");
    } else if (response.writeQueueFull()) {
      awaitDrain();
    } else {
      int bytes = (int) Math.min(FileDelivery.SLICE_BYTES, part.range().last() + 1 - position);
      Optional<Duration> wait = terms.rates().take(part.device(), bytes);
      if (wait.isPresent()) {
        // At least a millisecond: a timer takes no less.
        vertx.setTimer(1 + wait.get().toMillis(), id -> next());
      } else {
        read(bytes);
      }
    }
  }

  private void awaitDrain() {
    drainTimer =
        vertx.setTimer(
            terms.drain().toMillis(),
            id -> {
              terms.meters().refused("slow");
              request.connection().close();
              end("too slow");
            });
    response.drainHandler(
        drained -> {
          vertx.cancelTimer(drainTimer);
          next();
        });
  }

  private void read(int bytes) {
    long from = position;
    vertx
        .executeBlocking(() -> terms.store().read(part.file().digest(), from, bytes), false)
        .onComplete(
            slice -> write(slice.orElseGet(() -> new byte[0]), bytes),
            failure -> fail(String.valueOf(failure.getMessage())));
  }

  private void write(byte[] slice, int expected) {
    if (over) {
      return;
    }
    if (slice.length != expected) {
      fail("the file ends before byte " + (position + expected));
      return;
    }
    position += slice.length;
    terms.meters().sent(slice.length);
    var unused = response.write(Buffer.buffer(slice));
    next();
  }

  /** The head has gone out: what is left is to close. */
  private void fail(String why) {
    LOG.error("file {} cannot be served: {}", part.file().digest(), why);
    request.connection().close();
    end("failed");
  }

  private void end(String how) {
    if (over) {
      return;
    }
    over = true;
    vertx.cancelTimer(drainTimer);
    LOG.debug(
        "{} {} {} {} bytes {}-{}, {}, {} ms",
        part.device(),
        request.method(),
        AccessLog.printable(request.uri()),
        response.getStatusCode(),
        part.range().first(),
        position,
        how,
        Duration.ofNanos(System.nanoTime() - startNanos).toMillis());
    terms.ended().run();
  }
}
