package io.covey.coordinator.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.streams.ReadStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A body, or a part of one, on its way into a file. Confined to the server's event loop. */
final class ReceivedFile {
  private static final Logger LOG = LoggerFactory.getLogger(ReceivedFile.class);

  private final Vertx vertx;
  private final Path path;
  private final Future<AsyncFile> opened;
  private long lengthBytes;
  private int writesUnderWay;
  private boolean ended;
  private boolean discarded;

  /** Begins a file of its own in {@code directory}. */
  ReceivedFile(Vertx vertx, Path directory) {
    this.vertx = vertx;
    this.path = directory.resolve(UUID.randomUUID() + ".received");
    this.opened =
        vertx
            .fileSystem()
            .open(
                path.toString(),
                new OpenOptions().setCreateNew(true).setRead(false).setWrite(true));
  }

  /**
   * Writes what comes, no faster than the disk takes it.
   *
   * @param observer sees each piece before it is written
   * @return done when the stream has ended and everything is written
   */
  Future<Void> receive(ReadStream<Buffer> stream, Consumer<Buffer> observer) {
    Promise<Void> done = Promise.promise();
    stream.pause();
    opened
        .onSuccess(
            file -> {
              if (discarded) {
                return;
              }
              stream.exceptionHandler(done::tryFail);
              stream.endHandler(
                  end -> {
                    ended = true;
                    settle(done);
                  });
              stream.handler(
                  piece -> {
                    observer.accept(piece);
                    write(stream, file, piece, done);
                  });
              stream.resume();
            })
        .onFailure(done::tryFail);
    return done.future();
  }

  long lengthBytes() {
    return lengthBytes;
  }

  /** The whole content. */
  Future<byte[]> content() {
    return vertx.executeBlocking(() -> Files.readAllBytes(path), false);
  }

  /** Deletes the file, even while it is being received. */
  void discard() {
    discarded = true;
    opened
        .compose(AsyncFile::close)
        .eventually(() -> vertx.fileSystem().delete(path.toString()))
        .onFailure(e -> LOG.warn("cannot delete {}", path, e));
  }

  private void write(ReadStream<Buffer> stream, AsyncFile file, Buffer piece, Promise<Void> done) {
    if (discarded) {
      return;
    }
    lengthBytes += piece.length();
    writesUnderWay++;
    file.write(piece)
        .onComplete(
            written -> {
              writesUnderWay--;
              if (written.failed()) {
                done.tryFail(written.cause());
              } else {
                settle(done);
              }
            });
    if (file.writeQueueFull()) {
      stream.pause();
      file.drainHandler(drained -> stream.resume());
    }
  }

  /** A file's flush does not wait for its writes, so they are counted. */
  private void settle(Promise<Void> done) {
    if (ended && writesUnderWay == 0) {
      done.tryComplete();
    }
  }
}
