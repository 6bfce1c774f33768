package io.covey.edgeagent.rounds;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.UpdateChunk;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one masked update, chunk by chunk, with a few on their way at a time, so that an update
 * of any size needs a small part of the transport's outbox. What the broker has acknowledged is not
 * sent again: after a broken connection the rest follows.
 */
final class ChunkPublication {
  /** Chunks that wait for the broker's acknowledgement at a time. */
  private static final int WINDOW = 4;

  private final SessionLink link;
  private final RoundId round;
  private final List<ByteString> chunks;
  private @Nullable Consumer<String> failed;
  private int sent;
  private int acknowledged;

  private ChunkPublication(
      SessionLink link, RoundId round, List<ByteString> chunks, Consumer<String> failed) {
    this.link = link;
    this.round = round;
    this.chunks = chunks;
    this.failed = failed;
  }

  /**
   * Starts.
   *
   * @param failed told once, if a chunk cannot be sent
   */
  static ChunkPublication start(
      SessionLink link, RoundId round, List<ByteString> chunks, Consumer<String> failed) {
    ChunkPublication publication = new ChunkPublication(link, round, chunks, failed);
    publication.sendMore();
    return publication;
  }

  /** Sends everything from the first chunk on, in its own place. */
  ChunkPublication again() {
    Consumer<String> waiting = failed;
    cancel();
    return waiting == null ? this : start(link, round, chunks, waiting);
  }

  /** Sends nothing more and calls nobody. */
  void cancel() {
    failed = null;
  }

  private void sendMore() {
    while (failed != null && sent < chunks.size() && sent - acknowledged < WINDOW) {
      UpdateChunk chunk = new UpdateChunk(round, sent, chunks.size(), chunks.get(sent));
      sent++;
      link.publish(chunk).whenComplete((done, error) -> answered(error));
    }
  }

  private void answered(@Nullable Throwable error) {
    Consumer<String> waiting = failed;
    if (waiting == null) {
      return;
    }
    if (error != null) {
      failed = null;
      waiting.accept("the update did not reach the broker: " + error.getMessage());
    } else {
      acknowledged++;
      sendMore();
    }
  }
}
