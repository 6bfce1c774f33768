package io.covey.coordinator.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;

/**
 * Writes part of an array as fast as the client reads, so that no second copy of it waits in the
 * connection's queue. Confined to the server's event loop.
 */
final class SlicedWriter {
  private static final int SLICE_BYTES = 64 << 10;

  private final HttpServerResponse response;
  private final byte[] content;
  private final int end;
  private int position;

  /**
   * @param response has its content length set
   * @param range lies within {@code content}
   */
  SlicedWriter(HttpServerResponse response, byte[] content, ByteRange range) {
    if (range.last() >= content.length) {
      throw new IllegalArgumentException(
          "the range ends at " + range.last() + " of " + content.length + " bytes");
    }
    this.response = response;
    this.content = content;
    // No overflow: both are below the array's length.
    this.position = (int) range.first();
    this.end = (int) range.last() + 1;
  }

  /** Writes what the connection takes now, and goes on when it takes more. */
  void write() {
    while (position < end) {
      if (response.closed()) {
        return;
      }
      if (response.writeQueueFull()) {
        response.drainHandler(drained -> write());
        return;
      }
      int next = Math.min(end, position + SLICE_BYTES);
      response.write(Buffer.buffer(Arrays.copyOfRange(content, position, next)));
      position = next;
    }
    response.end();
  }
}
