package io.covey.edgeagent.artifacts;

import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts as files of one directory, each named by its SHA-256.
 *
 * <pre>
 *   artifacts/{sha256}        whole, checked, in place by atomic rename
 *   staging/{sha256}.part     on its way in
 *   staging/{sha256}.blocks   what is there of it, see {@link BlockNotes}
 *   served                    what was served last, see {@link ServedFile}
 *   lock                      held while a process uses the directory, see {@link DirectoryClaim}
 * </pre>
 *
 * <p>A crash at any point leaves either the old or the new state. Every file is hashed once a run
 * before it is trusted, and again when its size or time of change differs from then.
 */
public final class DirectoryArtifactCache implements ArtifactCache {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryArtifactCache.class);

  private final Path artifacts;
  private final StagingArea staging;
  private final ServedFile servedFile;
  private final long quotaBytes;
  private final DirectoryClaim claim;
  private final StorageProbe probe;
  private final Map<Sha256, Fingerprint> verified = new ConcurrentHashMap<>();
  private boolean prepared;

  private record Fingerprint(long size, FileTime modified) {}

  private DirectoryArtifactCache(
      Path directory, long quotaBytes, DirectoryClaim claim, StorageProbe probe) {
    this.artifacts = directory.resolve("artifacts");
    this.staging = new StagingArea(directory.resolve("staging"), probe);
    this.servedFile = new ServedFile(directory.resolve("served"), probe);
    this.quotaBytes = quotaBytes;
    this.claim = claim;
    this.probe = probe;
  }

  /**
   * Opens {@code directory}, making it where it is missing. On a disk that is read-only or full,
   * what is there can be read, and the rest fails until the disk can be written.
   *
   * @param quotaBytes of all artifacts together, staged ones included
   * @throws IOException when it is missing and cannot be made, this user may not write it, or
   *     another process uses it
   */
  public static DirectoryArtifactCache open(Path directory, long quotaBytes) throws IOException {
    return open(directory, quotaBytes, StorageProbe.NONE);
  }

  /**
   * The same with somebody who hears of every step.
   *
   * @throws IOException when it is missing and cannot be made, this user may not write it, or
   *     another process uses it
   */
  public static DirectoryArtifactCache open(Path directory, long quotaBytes, StorageProbe probe)
      throws IOException {
    DirectoryClaim claim = DirectoryClaim.on(directory);
    DirectoryArtifactCache cache = new DirectoryArtifactCache(directory, quotaBytes, claim, probe);
    if (claim.obstacle().isEmpty()) {
      try {
        cache.prepareToWrite();
      } catch (IOException e) {
        LOG.warn(
            "{} cannot be prepared: {}; tried again when it is used", directory, e.getMessage());
      }
    }
    return cache;
  }

  @Override
  public Optional<String> obstacle() {
    return claim.obstacle();
  }

  /** Before the first write, also after the disk could not be written for a while. */
  private void prepareToWrite() throws IOException {
    boolean becameWhole = claim.requireWhole();
    if (becameWhole || !prepared) {
      Files.createDirectories(artifacts);
      staging.prepare();
      prepared = true;
    }
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
    verified.remove(artifact.digest());
    try {
      Files.deleteIfExists(file);
      LOG.warn("Removed a damaged file from the cache: {}", file);
    } catch (IOException e) {
      // A whole one takes its place, once the disk can be written.
      LOG.warn(
          "A damaged file of the cache is of no use, and cannot be removed: {}", e.getMessage());
    }
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
  public Staging stage(ArtifactReference artifact) throws IOException {
    StagedFile former;
    synchronized (this) {
      former = staging.opened(artifact.digest());
    }
    if (former != null) {
      // Not under the lock: it may be taking that itself, to finish.
      former.suspend();
    }
    return open(artifact);
  }

  private synchronized Staging open(ArtifactReference artifact) throws IOException {
    prepareToWrite();
    Sha256 digest = artifact.digest();
    if (usedBytes(digest) + artifact.lengthBytes() > quotaBytes) {
      staging.retain(digest::equals);
      long used = usedBytes(digest);
      if (used + artifact.lengthBytes() > quotaBytes) {
        throw new OutOfQuotaException(artifact, used, quotaBytes);
      }
    }
    return staging.open(artifact, this::finished);
  }

  private synchronized void finished(StagedFile staged, StagedFile.End end) throws IOException {
    if (end == StagedFile.End.WHOLE) {
      Sha256 digest = staged.artifact().digest();
      Path target = file(digest);
      verified.remove(digest);
      probe.before(StorageProbe.Step.MOVE);
      DurableFiles.moveInto(staged.path(), target);
      verified.put(digest, new Fingerprint(Files.size(target), Files.getLastModifiedTime(target)));
    }
    staging.finished(staged, end);
  }

  @Override
  public synchronized void retain(Predicate<Sha256> needed) throws IOException {
    prepareToWrite();
    Directories.deleteUnless(
        artifacts, name -> Directories.isDigest(name) && needed.test(new Sha256(name)));
    staging.retain(needed);
    verified.keySet().removeIf(digest -> !Files.exists(file(digest)));
  }

  @Override
  public List<ModelManifest> servedBefore() throws IOException {
    return servedFile.read();
  }

  @Override
  public synchronized void rememberServed(List<ModelManifest> manifests) throws IOException {
    prepareToWrite();
    servedFile.write(manifests);
  }

  @Override
  public void close() {
    List<StagedFile> left;
    synchronized (this) {
      left = staging.opened();
    }
    left.forEach(StagedFile::suspend);
    claim.close();
  }

  /** What is there or promised, but for what is staged of {@code beside}. */
  private long usedBytes(Sha256 beside) throws IOException {
    return Directories.sizeOfFiles(artifacts, name -> true) + staging.bytes(beside);
  }

  private Path file(Sha256 digest) {
    return artifacts.resolve(digest.hex());
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
