package io.covey.coordinator.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads whole lines of a log, one after the other. Belongs to one thread. */
final class AuditReader {
  private final Path path;
  private final FileChannel channel;
  private final ByteBuffer block = ByteBuffer.allocate(64 << 10).flip();
  private long offset;
  private long position;
  private long number;
  private @Nullable AuditLine line;

  /**
   * @param offset of a line's beginning
   * @param before how the log ends there
   */
  AuditReader(Path path, FileChannel channel, long offset, AuditHead before) {
    this.path = path;
    this.channel = channel;
    this.offset = offset;
    this.position = offset;
    this.number = before.entries();
  }

  /** Behind the last whole line. */
  long position() {
    return position;
  }

  /** The line that {@link #next} has come to. */
  AuditLine line() {
    AuditLine current = line;
    if (current == null) {
      throw new IllegalStateException("no line was read");
    }
    return current;
  }

  /**
   * Goes to the next whole line.
   *
   * @return false when there is none
   * @throws BrokenLogException if it is no line of a log
   */
  boolean next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (bytes.size() <= AuditLine.MAXIMUM_CHARACTERS) {
      if (!block.hasRemaining() && !fill()) {
        return false;
      }
      byte next = block.get();
      if (next == '\n') {
        number++;
        position += bytes.size() + 1L;
        line = parse(bytes.toString(StandardCharsets.UTF_8));
        return true;
      }
      bytes.write(next);
    }
    number++;
    throw broken("it is longer than any entry");
  }

  private boolean fill() throws IOException {
    block.clear();
    int count = channel.read(block, offset);
    block.flip();
    offset += Math.max(0, count);
    return count > 0;
  }

  private AuditLine parse(String text) throws BrokenLogException {
    try {
      return AuditLine.parse(text);
    } catch (IllegalArgumentException e) {
      throw broken(String.valueOf(e.getMessage()));
    }
  }

  private BrokenLogException broken(String why) {
    return new BrokenLogException(path, number, why);
  }
}
