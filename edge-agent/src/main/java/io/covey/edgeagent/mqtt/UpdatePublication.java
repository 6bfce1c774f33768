package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.UpdateChunk;
import org.jspecify.annotations.Nullable;

/**
 * Publishes one update, chunk by chunk, with a few on their way at a time, so that an update of any
 * size needs a small part of the transport's outbox.
 */
public final class UpdatePublication {
  /** Chunks that wait for the broker's acknowledgement at a time. */
  private static final int WINDOW = 4;

  private static final int CHUNK_BYTES = Limits.CHUNK_WORDS * Long.BYTES;

  /** How the publication ends; called once, unless it was cancelled. */
  public interface Listener {
    /** The broker has every chunk. */
    void published();

    /** A chunk did not reach the broker. */
    void failed(String detail);
  }

  private final AgentConnection connection;
  private final RoundId round;
  private final ByteString words;
  private final int count;
  private @Nullable Listener listener;
  private int sent;
  private int acknowledged;

  private UpdatePublication(
      AgentConnection connection, RoundId round, ByteString words, Listener listener) {
    this.connection = connection;
    this.round = round;
    this.words = words;
    this.count = (words.size() + CHUNK_BYTES - 1) / CHUNK_BYTES;
    this.listener = listener;
  }

  /** Starts; {@code words} are little-endian 64-bit words. */
  public static UpdatePublication start(
      AgentConnection connection, RoundId round, ByteString words, Listener listener) {
    UpdatePublication publication = new UpdatePublication(connection, round, words, listener);
    publication.sendMore();
    return publication;
  }

  /** Sends nothing more and calls nobody. */
  public void cancel() {
    listener = null;
  }

  private void sendMore() {
    while (listener != null && sent < count && sent - acknowledged < WINDOW) {
      int from = sent * CHUNK_BYTES;
      ByteString part = words.substring(from, Math.min(words.size(), from + CHUNK_BYTES));
      UpdateChunk chunk = new UpdateChunk(round, sent++, count, part);
      connection.publishUpdate(chunk).whenComplete((done, error) -> answered(error));
    }
  }

  private void answered(@Nullable Throwable error) {
    Listener waiting = listener;
    if (waiting == null) {
      return;
    }
    if (error != null) {
      listener = null;
      waiting.failed("the update did not reach the broker: " + error.getMessage());
    } else if (++acknowledged == count) {
      listener = null;
      waiting.published();
    } else {
      sendMore();
    }
  }
}
