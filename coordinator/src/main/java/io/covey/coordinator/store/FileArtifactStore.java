package io.covey.coordinator.store;

import io.covey.coordinator.registry.ArtifactStore;
import io.covey.protocols.id.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * Artifacts as files {@code sha256/ab/cdef...} below a directory, each named by its content's
 * digest.
 *
 * <p>A file is written under a temporary name, forced to the disk, renamed, and its directory
 * forced: under its final name it is whole at every moment, whatever dies when. May be called from
 * any thread.
 */
public final class FileArtifactStore implements ArtifactStore {
  private static final String TEMPORARY_PREFIX = "incoming-";

  private final Path root;
  private final Path temporary;

  /** Makes the directory where needed, and removes what an earlier run left half written. */
  public FileArtifactStore(Path directory) {
    this.root = directory.resolve("sha256");
    this.temporary = directory.resolve("incoming");
    try {
      Files.createDirectories(root);
      Files.createDirectories(temporary);
      removeLeftovers();
    } catch (IOException e) {
      throw failure("prepare the artifact directory " + directory, e);
    }
  }

  @Override
  public Sha256 put(byte[] content) {
    Sha256 digest = Sha256.of(content);
    Path file = fileOf(digest);
    try {
      // The same length but other content is a damaged file: it is written again.
      if (!Files.exists(file) || !Sha256.of(Files.readAllBytes(file)).equals(digest)) {
        write(directoryOf(digest), file, content);
      }
      return digest;
    } catch (IOException e) {
      throw failure("write the artifact " + file, e);
    }
  }

  @Override
  public Optional<byte[]> get(Sha256 digest) {
    Path file = fileOf(digest);
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read the artifact " + file, e);
    }
    if (!Sha256.of(content).equals(digest)) {
      String damaged =
          "the artifact "
              + file
              + " is damaged: its content does not have the digest in its name; restore the file"
              + " from a backup, or upload the same model again";
      throw new UncheckedIOException(damaged, new IOException(damaged));
    }
    return Optional.of(content);
  }

  @Override
  public Optional<byte[]> read(Sha256 digest, long offset, int length) {
    Path file = fileOf(digest);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer part = ByteBuffer.allocate(length);
      int count = 0;
      while (part.hasRemaining() && count >= 0) {
        count = channel.read(part, offset + part.position());
      }
      return Optional.of(Arrays.copyOf(part.array(), part.position()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("read the artifact " + file, e);
    }
  }

  private void write(Path directory, Path file, byte[] content) throws IOException {
    boolean newDirectory = !Files.exists(directory);
    Files.createDirectories(directory);
    Path incoming = Files.createTempFile(temporary, TEMPORARY_PREFIX, "");
    try {
      try (FileChannel channel = FileChannel.open(incoming, StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(incoming, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(incoming);
    }
    force(directory);
    if (newDirectory) {
      force(root);
    }
  }

  private void removeLeftovers() throws IOException {
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(temporary, TEMPORARY_PREFIX + "*")) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  private Path directoryOf(Sha256 digest) {
    return root.resolve(digest.hex().substring(0, 2));
  }

  private Path fileOf(Sha256 digest) {
    return directoryOf(digest).resolve(digest.hex().substring(2));
  }

  /** Makes a rename durable; a file's own fsync does not cover its name. */
  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static UncheckedIOException failure(String what, IOException cause) {
    return new UncheckedIOException(
        "cannot "
            + what
            + ": check the disk's free space and the permissions of the directory ("
            + cause
            + ")",
        cause);
  }
}
