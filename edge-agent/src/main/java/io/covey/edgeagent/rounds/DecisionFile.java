package io.covey.edgeagent.rounds;

import io.covey.edgeagent.artifacts.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions in a file of their own, held by one process.
 *
 * <pre>
 *   8   "COVEYDL1"
 *   then for each decision
 *   32  session
 *   32  survivor root
 *   4   CRC-32C of these 64 bytes, big-endian
 * </pre>
 *
 * <p>Only the last record can be torn by a crash, since each is on the disk before the next begins.
 * What is left of it says at least which session it was for, or nothing; nobody was told that it is
 * there. It is made whole, with zeros for what is missing, and so counts.
 *
 * <p>Belongs to one thread at a time.
 */
final class DecisionFile implements FileDecisionLog.Journal {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionFile.class);
  private static final byte[] MAGIC = "COVEYDL1".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKED_BYTES = 2 * DecisionLog.DIGEST_BYTES;
  private static final int RECORD_BYTES = CHECKED_BYTES + Integer.BYTES;
  private static final int RECORDS_AT_ONCE = 1024;

  /**
   * Files that this process holds. Asked before a channel is opened, since closing any channel of a
   * file lets go of the process's lock on it (POSIX fcntl).
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;
  private long end;

  private DecisionFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens or makes the file, mends its end, and adds what it holds to {@code decided}.
   *
   * @throws IOException when another log has it open, it cannot be written, or it is damaged before
   *     its end
   */
  static DecisionFile open(Path directory, String name, SessionSet decided) throws IOException {
    Files.createDirectories(directory);
    Path path = directory.toRealPath().resolve(name);
    if (!HELD.add(path)) {
      throw inUse(path);
    }
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      lock(path, channel);
      DecisionFile file = new DecisionFile(path, channel);
      file.begin();
      file.load(decided);
      opened = true;
      return file;
    } finally {
      if (!opened) {
        if (channel != null) {
          channel.close();
        }
        HELD.remove(path);
      }
    }
  }

  private static void lock(Path path, FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() == null) {
        throw inUse(path);
      }
    } catch (OverlappingFileLockException e) {
      throw new IOException(inUse(path).getMessage(), e);
    }
  }

  private static IOException inUse(Path path) {
    return new IOException(
        "another agent uses " + path + ": give each agent a data directory of its own");
  }

  /** Writes the first bytes of a new file, or of one whose making was interrupted. */
  private void begin() throws IOException {
    byte[] found = read(0, (int) Math.min(MAGIC.length, channel.size()));
    if (!Arrays.equals(found, 0, found.length, MAGIC, 0, found.length)) {
      throw new IOException(path + " is not a log of decisions: use another data directory");
    }
    if (found.length < MAGIC.length) {
      write(0, MAGIC);
    }
    // The name of the file must be as durable as its content; also when a crash came in between.
    DurableFiles.forceDirectory(path);
    end = MAGIC.length;
  }

  private void load(SessionSet decided) throws IOException {
    long size = channel.size();
    while (size - end >= RECORD_BYTES) {
      int records = (int) Math.min(RECORDS_AT_ONCE, (size - end) / RECORD_BYTES);
      byte[] block = read(end, records * RECORD_BYTES);
      for (int at = 0; at < block.length; at += RECORD_BYTES) {
        byte[] record = Arrays.copyOfRange(block, at, at + RECORD_BYTES);
        if (!isWhole(record)) {
          mend(record, size, decided);
          return;
        }
        decided.add(SessionSet.keyOf(record));
        end += RECORD_BYTES;
      }
    }
    if (size > end) {
      mend(read(end, (int) (size - end)), size, decided);
    }
  }

  /** Makes the last record whole, when it says which session it was for. */
  private void mend(byte[] torn, long size, SessionSet decided) throws IOException {
    if (size - end > RECORD_BYTES) {
      throw new IOException(
          path
              + " is damaged at byte "
              + end
              + ", so it does not tell which sessions were decided: restore it from a copy, or"
              + " enrol this agent again with a new data directory");
    }
    if (torn.length < Long.BYTES) {
      channel.truncate(end);
      channel.force(true);
      LOG.warn("Removed the last {} bytes of {}, which name no session", torn.length, path);
      return;
    }
    byte[] checked = Arrays.copyOf(torn, CHECKED_BYTES);
    append(checked);
    decided.add(SessionSet.keyOf(checked));
    LOG.warn("The last decision in {} was interrupted; its session counts as decided", path);
  }

  private static boolean isWhole(byte[] record) {
    return ByteBuffer.wrap(record).getInt(CHECKED_BYTES) == checksum(record);
  }

  private static int checksum(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record, 0, CHECKED_BYTES);
    return (int) crc.getValue();
  }

  /**
   * Adds 64 bytes, session and survivor root, and returns when they are on the disk. After a
   * failure the next record goes to the same place, so that what the disk may have lost of this one
   * takes nothing else with it.
   */
  @Override
  public void append(byte[] decision) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
    record.put(decision, 0, CHECKED_BYTES).putInt(checksum(decision));
    write(end, record.array());
    end += RECORD_BYTES;
  }

  private void write(long position, byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      channel.write(rest, position + rest.position());
    }
    channel.force(true);
  }

  private byte[] read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, position + bytes.position()) < 0) {
        throw new IOException(path + " became shorter while it was read");
      }
    }
    return bytes.array();
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD.remove(path);
    }
  }
}
