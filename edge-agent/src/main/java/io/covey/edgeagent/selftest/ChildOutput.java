package io.covey.edgeagent.selftest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads what a child prints, to the end or to a bound, on a thread of its own. Keeps the answer and
 * the last line beside it, which as a rule says why a process ended.
 */
final class ChildOutput implements Runnable {
  private static final int LINE_BYTES = 2048;

  private final InputStream in;
  private final String nonce;
  private final int maximumBytes;
  private final Runnable whenTooMuch;
  private final byte[] line = new byte[LINE_BYTES];
  private int length;
  private boolean ready;
  private boolean tooMuch;
  private Optional<SelfTestResult> answer = Optional.empty();
  private String lastLine = "";

  /**
   * @param whenTooMuch called once, when more than {@code maximumBytes} have come; nothing is read
   *     after it
   */
  ChildOutput(InputStream in, String nonce, int maximumBytes, Runnable whenTooMuch) {
    this.in = in;
    this.nonce = nonce;
    this.maximumBytes = maximumBytes;
    this.whenTooMuch = whenTooMuch;
  }

  @Override
  public void run() {
    byte[] block = new byte[8192];
    int total = 0;
    try {
      int count = in.read(block);
      while (count >= 0) {
        total += count;
        if (total > maximumBytes) {
          exceeded();
          return;
        }
        take(block, count);
        count = in.read(block);
      }
      endOfLine();
    } catch (IOException e) {
      // The process was ended, and its pipe closed.
      endOfLine();
    }
  }

  private void exceeded() {
    synchronized (this) {
      tooMuch = true;
    }
    whenTooMuch.run();
  }

  private synchronized void take(byte[] block, int count) {
    for (int i = 0; i < count; i++) {
      if (block[i] == '\n') {
        endOfLine();
      } else if (length < LINE_BYTES) {
        // The rest of a longer line is nobody's: no answer is as long.
        line[length++] = block[i];
      }
    }
  }

  private synchronized void endOfLine() {
    String text = new String(line, 0, length, StandardCharsets.UTF_8).strip();
    length = 0;
    if (text.isEmpty()) {
      return;
    }
    Optional<SelfTestResult> parsed = ChildAnswer.parse(nonce, text);
    if (parsed.isPresent()) {
      answer = parsed;
    } else if (text.equals(ChildAnswer.READY)) {
      ready = true;
    } else if (!text.matches("[#\\s]*")) {
      lastLine = text;
    }
  }

  /** Whether the child has begun to take its request. */
  synchronized boolean ready() {
    return ready;
  }

  synchronized boolean tooMuch() {
    return tooMuch;
  }

  synchronized Optional<SelfTestResult> answer() {
    return answer;
  }

  /** For people; may be empty. */
  synchronized String lastLine() {
    return lastLine;
  }
}
