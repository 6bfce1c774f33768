package io.covey.coordinator.audit;

import io.covey.coordinator.audit.AuditEvent.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A log in a file, one line an entry. Several processes may append to one file: each looks at what
 * the others have written before it goes on.
 *
 * <p>An entry is on the disk when {@link #append} returns. Half an entry at the end, as a crash
 * leaves it, is taken off, and that is noted. Whatever else does not fit the chain stays as it is,
 * and nothing is appended to it.
 *
 * <p>Thread-safe; blocks.
 */
public final class AuditFile {
  /** In the directory of whoever keeps it. */
  public static final String NAME = "audit.log";

  /** One for each file in use: a process's locks do not hold between its own threads. */
  private static final Map<Path, Object> IN_USE = new ConcurrentHashMap<>();

  private final Path path;
  private final AuditKey key;
  private final InstantSource clock;
  private final Object turn;
  private long read;
  private AuditHead head = AuditHead.NONE;

  private AuditFile(Path path, AuditKey key, InstantSource clock) {
    this.path = path.toAbsolutePath().normalize();
    this.key = key;
    this.clock = clock;
    this.turn = IN_USE.computeIfAbsent(this.path, file -> new Object());
  }

  /**
   * Opens a log, making it if it is not there.
   *
   * @param key stays the caller's
   * @throws BrokenLogException if the file is no unbroken log
   */
  public static AuditFile open(Path path, AuditKey key, InstantSource clock) throws IOException {
    AuditFile file = new AuditFile(path, key, clock);
    file.locked(channel -> true);
    return file;
  }

  public Path path() {
    return path;
  }

  /** Where it ended when this object looked last. */
  public AuditHead head() {
    synchronized (turn) {
      return head;
    }
  }

  /** Appends an entry. */
  public void append(AuditEvent event) throws IOException {
    locked(
        channel -> {
          write(channel, event);
          return true;
        });
  }

  private interface Action {
    boolean on(FileChannel channel) throws IOException;
  }

  private void locked(Action action) throws IOException {
    synchronized (turn) {
      try (FileChannel channel =
              FileChannel.open(
                  path,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
          var held = channel.lock()) {
        if (!held.isValid()) {
          throw new IOException("the lock of " + path + " was lost");
        }
        long cut = catchUp(channel);
        if (head.entries() == 0) {
          write(
              channel,
              AuditEvent.of(Kind.LOG_BEGUN, key.fleet().value())
                  .with(AuditCheck.KEY, key.publicKey().toHex()));
        }
        if (cut > 0) {
          write(channel, AuditEvent.of(Kind.LOG_MENDED, key.fleet().value()).with("bytes", cut));
        }
        action.on(channel);
      }
    }
  }

  /** Reads what is new, and takes half an entry off the end: so many bytes. */
  private long catchUp(FileChannel channel) throws IOException {
    if (channel.size() < read) {
      throw new BrokenLogException(path, head.entries(), "entries were taken off its end");
    }
    AuditReader reader = new AuditReader(path, channel, read, head);
    while (reader.next()) {
      if (!reader.line().follows(head.digest())) {
        throw new BrokenLogException(
            path, head.entries() + 1, "it does not follow from the entry before");
      }
      head = head.with(reader.line());
      read = reader.position();
    }
    long cut = channel.size() - read;
    if (cut > 0) {
      channel.truncate(read);
    }
    return cut;
  }

  private void write(FileChannel channel, AuditEvent event) throws IOException {
    AuditEntry entry = new AuditEntry(head.entries() + 1, clock.instant(), event);
    AuditLine line = AuditLine.after(head.digest(), entry, key);
    ByteBuffer bytes = ByteBuffer.wrap(line.toBytes());
    long position = read;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
    channel.force(true);
    read = position;
    head = head.with(line);
  }
}
