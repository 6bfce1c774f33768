package io.covey.crypto.identity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small files that appear whole or not at all, and in the place of another only where that is asked
 * for. Secret ones are for their owner only (POSIX 0600); public ones others may read, and none but
 * the owner change (0644). On a file system without such permissions, guarding them is left to the
 * operator, who is told.
 *
 * <p>Thread-safe: the file system decides.
 */
public final class OwnerOnlyFiles {
  /** Of a file that is read. */
  public static final int MAXIMUM_BYTES = 16 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(OwnerOnlyFiles.class);
  private static final String OWNERS_DIRECTORY = "rwx------";

  private OwnerOnlyFiles() {}

  /** Who may do what with a file. */
  public enum Access {
    SECRET("rw-------", "---rwxrwx", "600", "be read by others than its owner"),
    PUBLIC("rw-r--r--", "----w--w-", "644", "be changed by others than its owner");

    private final String given;
    private final String refused;
    private final String mode;
    private final String danger;

    Access(String given, String refused, String mode, String danger) {
      this.given = given;
      this.refused = refused;
      this.mode = mode;
      this.danger = danger;
    }
  }

  /** Makes a directory, for its owner only, unless there is one. */
  public static void makeDirectory(Path directory) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    if (Files.isDirectory(directory)) {
      return;
    }
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectories(directory, attributes(directory, OWNERS_DIRECTORY));
  }

  /**
   * Writes a new file, and to the disk.
   *
   * @throws IdentityFileException if there is one already
   */
  public static void create(Path file, byte[] content, Access access) throws IOException {
    Path whole = file.toAbsolutePath();
    Path directory = whole.getParent();
    if (directory == null) {
      throw new IdentityFileException(file, "is not the name of a file; choose another");
    }
    Path temporary =
        Files.createTempFile(
            directory, "." + file.getFileName(), ".tmp", attributes(directory, access.given));
    try {
      write(temporary, content);
      putInPlace(temporary, whole);
    } catch (FileAlreadyExistsException e) {
      throw new IdentityFileException(file, "is there already and is not overwritten", e);
    } finally {
      Files.deleteIfExists(temporary);
    }
    force(directory);
  }

  /** Writes a file, and to the disk, that takes the place of another one in one step. */
  public static void replace(Path file, byte[] content, Access access) throws IOException {
    Path whole = file.toAbsolutePath();
    Path directory = whole.getParent();
    if (directory == null) {
      throw new IdentityFileException(file, "is not the name of a file; choose another");
    }
    Path temporary =
        Files.createTempFile(
            directory, "." + file.getFileName(), ".tmp", attributes(directory, access.given));
    try {
      write(temporary, content);
      Files.move(temporary, whole, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    force(directory);
  }

  private static void write(Path temporary, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** A hard link cannot replace a file, unlike a rename; where there are none, a look must do. */
  private static void putInPlace(Path temporary, Path file) throws IOException {
    try {
      Files.createLink(file, temporary);
    } catch (UnsupportedOperationException e) {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException | UnsupportedOperationException e) {
      // Some file systems cannot sync a directory. The file itself is on the disk.
      return;
    }
  }

  /**
   * The content of a file, for the caller to wipe.
   *
   * @throws IdentityFileException if it is not there, too large, or open to others than it may be
   */
  public static byte[] read(Path file, Access access) throws IOException {
    try {
      checkPermissions(file, access);
      try (InputStream in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(MAXIMUM_BYTES + 1);
        if (content.length > MAXIMUM_BYTES) {
          Arrays.fill(content, (byte) 0);
          throw new IdentityFileException(
              file, "is longer than " + MAXIMUM_BYTES + " bytes; check the path");
        }
        return content;
      }
    } catch (NoSuchFileException e) {
      throw new IdentityFileException(file, "is not there; check the path", e);
    } catch (AccessDeniedException e) {
      throw new IdentityFileException(
          file, "cannot be read by this user; run as its owner, or make it this user's", e);
    }
  }

  private static void checkPermissions(Path file, Access access) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      LOG.warn(
          "Cannot tell whether {} could {}: its file system has no POSIX permissions",
          file,
          access.danger);
      return;
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if (!Collections.disjoint(permissions, PosixFilePermissions.fromString(access.refused))) {
      throw new IdentityFileException(
          file,
          "could %s (%s); if nobody did, chmod %s it, otherwise make new keys"
              .formatted(access.danger, PosixFilePermissions.toString(permissions), access.mode));
    }
  }

  private static FileAttribute<?>[] attributes(Path place, String permissions) {
    return place.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
