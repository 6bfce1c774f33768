package io.covey.edgeagent.mqtt;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactUrl;

/**
 * A second and faster way to the blocks of a file, beside messages: many in a row, in one answer.
 * What comes is as hostile as what comes in messages.
 */
@FunctionalInterface
public interface RangeSource {
  /** Nothing is fetched this way; what is asked for fails. */
  RangeSource NONE =
      (wanted, listener) -> {
        listener.failed("nothing is fetched this way");
        return new Answer() {
          @Override
          public void more() {
            // None comes.
          }

          @Override
          public void cancel() {
            // It is over.
          }
        };
      };

  /**
   * Blocks in a row.
   *
   * @param firstBlock of the file, from 0
   * @param lastBlock at least {@code firstBlock}
   */
  record Wanted(ArtifactUrl at, ArtifactReference artifact, int firstBlock, int lastBlock) {
    public Wanted {
      if (firstBlock < 0 || lastBlock < firstBlock || lastBlock >= artifact.chunkCount()) {
        throw new IllegalArgumentException(
            "blocks %d to %d of %d".formatted(firstBlock, lastBlock, artifact.chunkCount()));
      }
    }

    int count() {
      return lastBlock - firstBlock + 1;
    }

    /** Offset of the first byte. */
    public long firstByte() {
      return (long) firstBlock * artifact.chunkSizeBytes();
    }

    /** Offset of the last byte. */
    public long lastByte() {
      return (long) lastBlock * artifact.chunkSizeBytes()
          + artifact.chunkLengthBytes(lastBlock)
          - 1;
    }

    /** Whether it is the whole file. */
    public boolean isWhole() {
      return count() == artifact.chunkCount();
    }
  }

  /** What becomes of it; called on the agent's scheduler. */
  interface Listener {
    /** The answer has begun, and is what was asked for as far as its head says. */
    void opened();

    /** The next block, of the length that it must have. */
    void block(int index, ByteString content);

    /** All blocks have come; nothing is called after that. */
    void ended();

    /**
     * No more come; nothing is called after that.
     *
     * @param why for people
     */
    void failed(String why);
  }

  /** An answer on its way. Called on the agent's scheduler. */
  interface Answer {
    /** One more block is wanted; before the first of these none comes. */
    void more();

    /** Nobody waits any more; a call that is on its way may still come. */
    void cancel();
  }

  /** Asks; does not block. */
  Answer ask(Wanted wanted, Listener listener);
}
