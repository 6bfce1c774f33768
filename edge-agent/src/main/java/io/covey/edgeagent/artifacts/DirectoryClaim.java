package io.covey.edgeagent.artifacts;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's claim on a data directory: its alone where it can be written. On a disk that is
 * read-only or full the claim is on what is there, to be read beside others that read; it becomes a
 * whole one as soon as somebody wants to write and can.
 *
 * <p>Thread-safe; blocks.
 */
final class DirectoryClaim implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryClaim.class);
  private static final String LOCK = "lock";

  /**
   * Locks that this process holds or is about to take. Asked before a channel is opened, since
   * closing any channel of a file lets go of the process's lock on it (POSIX fcntl).
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private @Nullable Held held;
  private volatile Optional<String> obstacle = Optional.empty();
  private boolean closed;

  /** A lock and the file that it is on. */
  private record Held(Path file, FileChannel channel) {}

  private DirectoryClaim(Path directory) {
    this.directory = directory;
  }

  /**
   * Claims a directory, making it where it is missing.
   *
   * @throws IOException when another process uses it, it is not there and cannot be made, or this
   *     user may not write it
   */
  static DirectoryClaim on(Path directory) throws IOException {
    Files.createDirectories(directory);
    DirectoryClaim claim = new DirectoryClaim(directory);
    try {
      claim.takeWhole();
    } catch (AccessDeniedException | InUseException e) {
      // Nothing that time mends.
      throw e;
    } catch (IOException e) {
      claim.takeToRead(reason(e));
    }
    return claim;
  }

  /** Why nothing can be written here; empty when it can. */
  Optional<String> obstacle() {
    return obstacle;
  }

  /**
   * Makes the claim a whole one, if it is not.
   *
   * @return whether it has just become one
   * @throws IOException that says why the directory cannot be written
   */
  synchronized boolean requireWhole() throws IOException {
    if (closed) {
      throw new IOException("the data directory " + directory + " is closed");
    }
    if (obstacle.isEmpty()) {
      return false;
    }
    release();
    try {
      takeWhole();
    } catch (IOException e) {
      takeToRead(reason(e));
      throw new IOException(obstacle.orElse("the data directory cannot be written"), e);
    }
    obstacle = Optional.empty();
    LOG.info("The data directory {} can be written again", directory);
    return true;
  }

  private synchronized void takeWhole() throws IOException {
    held = lock(false, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** Without a file to lock, nobody has ever written here. */
  private synchronized void takeToRead(String why) throws IOException {
    String said = "the data directory cannot be written: " + why;
    if (obstacle.isEmpty()) {
      LOG.warn(
          "{}: {}. What it holds is served; new versions wait until it can be written",
          directory,
          said);
    }
    obstacle = Optional.of(said);
    if (Files.isRegularFile(directory.resolve(LOCK))) {
      held = lock(true, StandardOpenOption.READ);
    }
  }

  private Held lock(boolean shared, OpenOption... options) throws IOException {
    Path file = directory.toRealPath().resolve(LOCK);
    if (!HELD.add(file)) {
      throw inUse();
    }
    boolean locked = false;
    try {
      Held taken = new Held(file, locked(FileChannel.open(file, options), shared));
      locked = true;
      return taken;
    } finally {
      if (!locked) {
        HELD.remove(file);
      }
    }
  }

  private FileChannel locked(FileChannel opened, boolean shared) throws IOException {
    boolean locked = false;
    try {
      locked = opened.tryLock(0, Long.MAX_VALUE, shared) != null;
    } catch (OverlappingFileLockException e) {
      // Held by this very process, through another path: the same complaint.
    } finally {
      if (!locked) {
        opened.close();
      }
    }
    if (!locked) {
      throw inUse();
    }
    return opened;
  }

  private InUseException inUse() {
    return new InUseException("another agent uses the data directory " + directory);
  }

  private static String reason(IOException e) {
    return e instanceof FileSystemException file && file.getReason() != null
        ? file.getReason()
        : String.valueOf(e.getMessage());
  }

  private void release() throws IOException {
    Held released = held;
    held = null;
    if (released != null) {
      try {
        released.channel().close();
      } finally {
        HELD.remove(released.file());
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      release();
    } catch (IOException e) {
      LOG.warn("Could not release the lock of {}", directory, e);
    }
  }

  /** Somebody else has the directory. */
  private static final class InUseException extends IOException {
    private static final long serialVersionUID = 1L;

    InUseException(String message) {
      super(message);
    }
  }
}
