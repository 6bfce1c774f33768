package io.covey.edgeagent.rounds;

import io.covey.crypto.primitive.Octets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions in a file of the agent's data directory, on the disk before {@link #record} answers
 * true. In memory it keeps 8 bytes of each session's id.
 *
 * <p>Thread-safe; {@link #record} blocks for a write to the disk.
 */
public final class FileDecisionLog implements DecisionLog {
  /** In the data directory. */
  static final String FILE = "decisions";

  private static final Logger LOG = LoggerFactory.getLogger(FileDecisionLog.class);

  private final SessionSet decided;
  private final Journal journal;
  private boolean closed;

  /** Where records go. */
  interface Journal {
    /** Adds session and survivor root, and returns when they are on the disk. */
    void append(byte[] decision) throws IOException;

    void close() throws IOException;
  }

  FileDecisionLog(SessionSet decided, Journal journal) {
    this.decided = decided;
    this.journal = journal;
  }

  /**
   * Opens the log of a data directory, which is made where it is missing. What a crash left of the
   * last record is mended.
   *
   * @throws IOException that says what to do, when another agent holds it, it cannot be written, or
   *     it is damaged elsewhere than at its end
   */
  public static FileDecisionLog open(Path dataDirectory) throws IOException {
    SessionSet decided = new SessionSet();
    return new FileDecisionLog(decided, DecisionFile.open(dataDirectory, FILE, decided));
  }

  /**
   * As {@link #open}, but where that fails, the reason is logged and every session is refused: such
   * an agent goes on serving, and answers in no round.
   */
  public static DecisionLog openOrRefuseAll(Path dataDirectory) {
    try {
      return open(dataDirectory);
    } catch (IOException e) {
      LOG.error("Decisions cannot be kept, so no session is answered: {}", e.toString());
      DecisionLog refusing = new InMemoryDecisionLog();
      refusing.close();
      return refusing;
    }
  }

  @Override
  public synchronized boolean record(Octets session, Octets survivorRoot) {
    byte[] decision =
        ByteBuffer.allocate(2 * DIGEST_BYTES)
            .put(session.requireLength("session", DIGEST_BYTES).toBytes())
            .put(survivorRoot.requireLength("survivor root", DIGEST_BYTES).toBytes())
            .array();
    // Counted as decided before it is written: after a failure, nobody knows what is on the disk.
    if (closed || !decided.add(SessionSet.keyOf(decision))) {
      return false;
    }
    try {
      journal.append(decision);
      return true;
    } catch (IOException e) {
      LOG.error("No answer in session {}: its decision cannot be kept: {}", session, e.toString());
      return false;
    }
  }

  @Override
  public synchronized boolean isOpen() {
    return !closed;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      journal.close();
    } catch (IOException e) {
      LOG.warn("The log of decisions did not close in order: {}", e.toString());
    }
  }
}
