package io.covey.protocols.https;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Reads the body of an answer that is neither longer nor slower than it may be. A request's own
 * timeout ends with the answer's head, so that a server which sends its body a byte at a time would
 * hold the reader for ever.
 */
public final class BoundedBody {
  private BoundedBody() {}

  /**
   * Reads {@code body} to its end, and closes it. Blocks for at most {@code timeout}.
   *
   * @param limitBytes a longer body is refused
   * @param body closing it from another thread ends a read that waits, as it does for bodies of
   *     {@code java.net.http}
   * @throws IOException if the body is too long, too slow, or breaks off
   */
  public static byte[] read(InputStream body, int limitBytes, Duration timeout) throws IOException {
    CompletableFuture<Boolean> late = new CompletableFuture<>();
    late.completeOnTimeout(true, timeout.toMillis(), TimeUnit.MILLISECONDS);
    var unused = late.thenAccept(isLate -> closeWhen(isLate, body));
    try (body) {
      byte[] content = body.readNBytes(limitBytes + 1);
      if (content.length > limitBytes) {
        throw new IOException("the answer is longer than " + limitBytes + " bytes");
      }
      if (!late.complete(false)) {
        throw new IOException("the answer took longer than " + timeout);
      }
      return content;
    } catch (IOException e) {
      if (late.complete(false)) {
        throw e;
      }
      throw new IOException("the answer took longer than " + timeout, e);
    }
  }

  private static void closeWhen(boolean isLate, InputStream body) {
    if (isLate) {
      try {
        body.close();
      } catch (IOException e) {
        // Whoever reads it hears of it.
        return;
      }
    }
  }
}
