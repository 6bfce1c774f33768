package io.covey.edgeagent.artifacts;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts as files of one directory, each named by its SHA-256.
 *
 * <pre>
 *   artifacts/{sha256}   whole, checked, in place by atomic rename
 *   staging/...          on their way in; emptied at start
 *   served               what was served last, see {@link ServedFile}
 *   lock                 held while a process uses the directory
 * </pre>
 *
 * <p>A crash at any point leaves either the old or the new state. Every file is hashed once a run
 * before it is trusted, and again when its size or time of change differs from then.
 */
public final class DirectoryArtifactCache implements ArtifactCache {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryArtifactCache.class);

  private final Path artifacts;
  private final Path staging;
  private final ServedFile servedFile;
  private final long quotaBytes;
  private final FileChannel lockChannel;
  private final Map<Sha256, Fingerprint> verified = new ConcurrentHashMap<>();
  private long stagedBytes;

  private record Fingerprint(long size, FileTime modified) {}

  private DirectoryArtifactCache(Path directory, long quotaBytes, FileChannel lockChannel) {
    this.artifacts = directory.resolve("artifacts");
    this.staging = directory.resolve("staging");
    this.servedFile = new ServedFile(directory.resolve("served"));
    this.quotaBytes = quotaBytes;
    this.lockChannel = lockChannel;
  }

  /**
   * Opens {@code directory}, making it where it is missing.
   *
   * @param quotaBytes of all artifacts together, staged ones included
   * @throws IOException when it cannot be written, or another process uses it
   */
  public static DirectoryArtifactCache open(Path directory, long quotaBytes) throws IOException {
    Files.createDirectories(directory);
    FileChannel channel = lock(directory);
    try {
      DirectoryArtifactCache cache = new DirectoryArtifactCache(directory, quotaBytes, channel);
      Files.createDirectories(cache.artifacts);
      Files.createDirectories(cache.staging);
      deleteUnless(cache.staging, name -> false);
      return cache;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same complaint.
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw new IOException("another agent uses the data directory " + directory);
  }

  @Override
  public synchronized boolean contains(ArtifactReference artifact) throws IOException {
    Path file = file(artifact.digest());
    try {
      Fingerprint now = new Fingerprint(Files.size(file), Files.getLastModifiedTime(file));
      if (now.size() == artifact.lengthBytes()
          && (now.equals(verified.get(artifact.digest())) || isIntact(file, artifact))) {
        verified.put(artifact.digest(), now);
        return true;
      }
    } catch (NoSuchFileException e) {
      return false;
    }
    LOG.warn("Removed a damaged file from the cache: {}", file);
    verified.remove(artifact.digest());
    Files.deleteIfExists(file);
    return false;
  }

  private static boolean isIntact(Path file, ArtifactReference artifact) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return digest(channel).equals(artifact.digest());
    }
  }

  @Override
  public ByteBuffer read(ArtifactReference artifact) throws IOException {
    try (FileChannel channel = FileChannel.open(file(artifact.digest()), StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    }
  }

  @Override
  public synchronized Staging stage(ArtifactReference artifact) throws IOException {
    long used = usedBytes();
    if (used + artifact.lengthBytes() > quotaBytes) {
      throw new IOException(Quota.exceeded(artifact, used, quotaBytes));
    }
    StagedFile staged =
        StagedFile.create(Files.createTempFile(staging, "", ".part"), artifact, this::finished);
    stagedBytes += artifact.lengthBytes();
    return staged;
  }

  /** A staged file has become an artifact or is gone. */
  private synchronized void finished(StagedFile staged, boolean whole) throws IOException {
    stagedBytes -= staged.artifact().lengthBytes();
    if (whole) {
      Path target = file(staged.artifact().digest());
      verified.remove(staged.artifact().digest());
      DurableFiles.moveInto(staged.path(), target);
      verified.put(
          staged.artifact().digest(),
          new Fingerprint(Files.size(target), Files.getLastModifiedTime(target)));
    } else {
      Files.deleteIfExists(staged.path());
    }
  }

  @Override
  public synchronized void retain(Predicate<Sha256> needed) throws IOException {
    deleteUnless(artifacts, name -> isArtifact(name) && needed.test(new Sha256(name)));
    verified.keySet().removeIf(digest -> !Files.exists(file(digest)));
  }

  private static boolean isArtifact(String name) {
    return name.matches("[0-9a-f]{64}");
  }

  @Override
  public List<ModelManifest> servedBefore() throws IOException {
    return servedFile.read();
  }

  @Override
  public synchronized void rememberServed(List<ModelManifest> manifests) throws IOException {
    servedFile.write(manifests);
  }

  @Override
  public void close() {
    try {
      lockChannel.close();
    } catch (IOException e) {
      LOG.warn("Could not release the lock of {}", artifacts.getParent(), e);
    }
  }

  private long usedBytes() throws IOException {
    long total = stagedBytes;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(artifacts)) {
      for (Path file : files) {
        total += Files.size(file);
      }
    }
    return total;
  }

  private Path file(Sha256 digest) {
    return artifacts.resolve(digest.hex());
  }

  private static void deleteUnless(Path directory, Predicate<String> kept) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (!kept.test(file.getFileName().toString())) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  static Sha256 digest(FileChannel channel) throws IOException {
    MessageDigest digest = Sha256.newDigest();
    ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    channel.position(0);
    while (channel.read(buffer.clear()) >= 0) {
      digest.update(buffer.flip());
    }
    return Sha256.fromBytes(digest.digest());
  }
}
