package io.covey.edgeagent.artifacts;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Puts files in place so that a crash leaves the old or the new one, never half of one. */
public final class DurableFiles {
  private DurableFiles() {}

  /**
   * Puts a small file in the place of the one before; not for two threads at a time.
   *
   * @param probe hears of {@link StorageProbe.Step#PUT_IN_PLACE}
   */
  public static void replace(Path target, byte[] content, StorageProbe probe) throws IOException {
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer left = ByteBuffer.wrap(content);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    probe.before(StorageProbe.Step.PUT_IN_PLACE);
    moveInto(fresh, target);
  }

  /** Renames {@code source}, whose bytes are on the disk, over {@code target}, for good. */
  public static void moveInto(Path source, Path target) throws IOException {
    Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectory(target);
  }

  /** Makes the name of {@code file} durable, where the file system can: its content is not. */
  public static void forceDirectory(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Some file systems cannot sync a directory. The file is in it all the same.
      return;
    }
  }
}
