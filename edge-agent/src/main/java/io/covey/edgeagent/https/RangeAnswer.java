package io.covey.edgeagent.https;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.covey.edgeagent.mqtt.RangeSource;
import io.covey.edgeagent.mqtt.RangeSource.Wanted;
import io.covey.protocols.message.Limits;
import io.covey.protocols.time.Scheduler;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * One answer on its way, cut into blocks as they are wanted: while nobody wants more, nothing is
 * read from the connection. Holds a block, and what one read has brought beyond it.
 *
 * <p>The HTTP client's threads bring bytes, one at a time; the agent's scheduler wants them.
 */
final class RangeAnswer implements RangeSource.Answer, BodySubscriber<Boolean> {
  private static final int OK = 200;
  private static final int PARTIAL_CONTENT = 206;

  private final Wanted wanted;
  private final Scheduler scheduler;
  private final RangeSource.Listener listener;
  private final CompletableFuture<Boolean> body = new CompletableFuture<>();
  private @Nullable CompletableFuture<HttpResponse<Boolean>> exchange;
  private Flow.@Nullable Subscription subscription;
  private byte[] block;
  private int filled;
  private int index;

  /** Of the last read, and not handed on. */
  private final Deque<ByteBuffer> left = new ArrayDeque<>();

  private int wantedNow;
  private boolean complete;

  private boolean reading;
  private boolean over;

  RangeAnswer(Wanted wanted, Scheduler scheduler, RangeSource.Listener listener) {
    this.wanted = wanted;
    this.scheduler = scheduler;
    this.listener = listener;
    this.index = wanted.firstBlock();
    this.block = new byte[wanted.artifact().chunkLengthBytes(index)];
  }

  /** Hears how the whole exchange ends. */
  void follow(CompletableFuture<HttpResponse<Boolean>> asked) {
    synchronized (this) {
      exchange = asked;
    }
    var unused =
        asked.whenComplete(
            (response, failure) -> {
              if (failure != null) {
                fail(reason(failure));
              }
            });
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return Limits.readable("the request failed: " + cause);
  }

  /** Looks at the head: what does not fit is not read. */
  BodySubscriber<Boolean> accept(ResponseInfo head) {
    Optional<String> objection = objection(head);
    objection.ifPresent(this::fail);
    return this;
  }

  private Optional<String> objection(ResponseInfo head) {
    String encoding = head.headers().firstValue("Content-Encoding").orElse("identity");
    if (!encoding.equals("identity")) {
      return Optional.of("the answer is encoded");
    }
    long length = wanted.lastByte() - wanted.firstByte() + 1;
    String stated = head.headers().firstValue("Content-Length").orElse("unstated");
    boolean partial = head.statusCode() == PARTIAL_CONTENT && range(head).equals(expectedRange());
    boolean whole = head.statusCode() == OK && wanted.isWhole();
    if (!partial && !whole) {
      return Optional.of("the answer has status " + head.statusCode() + " or another range");
    }
    return stated.equals(Long.toString(length))
        ? Optional.empty()
        : Optional.of("the answer has another length");
  }

  private static String range(ResponseInfo head) {
    return head.headers().firstValue("Content-Range").orElse("");
  }

  private String expectedRange() {
    return "bytes %d-%d/%d"
        .formatted(wanted.firstByte(), wanted.lastByte(), wanted.artifact().lengthBytes());
  }

  @Override
  public CompletionStage<Boolean> getBody() {
    return body;
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription begun) {
    if (over) {
      begun.cancel();
      body.complete(false);
      return;
    }
    subscription = begun;
    tell(listener::opened);
    read();
  }

  @Override
  public synchronized void more() {
    wantedNow++;
    hand();
    read();
  }

  private void read() {
    if (!over && !reading && wantedNow > 0 && subscription != null) {
      reading = true;
      subscription.request(1);
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> buffers) {
    reading = false;
    if (over) {
      // More than was wanted: whatever it is, it has no end that is known.
      cancel();
      return;
    }
    left.addAll(buffers);
    hand();
    read();
  }

  /** Hands on as many blocks as are wanted and there. */
  private void hand() {
    while (!over && wantedNow > 0 && !left.isEmpty()) {
      ByteBuffer next = left.getFirst();
      int count = Math.min(next.remaining(), block.length - filled);
      next.get(block, filled, count);
      filled += count;
      if (!next.hasRemaining()) {
        left.removeFirst();
      }
      if (filled == block.length) {
        handBlock();
      }
    }
    if (complete && left.isEmpty()) {
      fail("the answer has ended early");
    }
  }

  private void handBlock() {
    ByteString content = UnsafeByteOperations.unsafeWrap(block);
    int whole = index;
    tell(() -> listener.block(whole, content));
    wantedNow--;
    filled = 0;
    index++;
    if (index > wanted.lastBlock()) {
      over = true;
      tell(listener::ended);
      finish();
    } else {
      block = new byte[wanted.artifact().chunkLengthBytes(index)];
    }
  }

  /** The connection is of use for the next answer when this one has come to its end. */
  private void finish() {
    left.clear();
    if (subscription != null) {
      subscription.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    body.complete(false);
    fail(reason(failure));
  }

  @Override
  public synchronized void onComplete() {
    body.complete(true);
    complete = true;
    hand();
  }

  private synchronized void fail(String why) {
    if (!over) {
      cancel();
      tell(() -> listener.failed(why));
    }
  }

  @Override
  public synchronized void cancel() {
    over = true;
    if (subscription != null) {
      subscription.cancel();
    }
    body.complete(false);
    if (exchange != null) {
      exchange.cancel(true);
    }
  }

  private void tell(Runnable news) {
    scheduler.execute(news);
  }
}
