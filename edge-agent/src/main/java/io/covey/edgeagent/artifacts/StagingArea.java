package io.covey.edgeagent.artifacts;

import io.covey.edgeagent.artifacts.StorageProbe.Step;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of files on their way in: those that are open, and those that an earlier run or
 * transfer left to go on from.
 *
 * <p>Thread rule: under the cache's lock.
 */
final class StagingArea {
  private static final Logger LOG = LoggerFactory.getLogger(StagingArea.class);
  private static final String PART = ".part";
  private static final String NOTES = ".blocks";

  private final Path directory;
  private final StorageProbe probe;
  private final Map<Sha256, StagedFile> open = new HashMap<>();

  StagingArea(Path directory, StorageProbe probe) {
    this.directory = directory;
    this.probe = probe;
  }

  /** Makes the directory, and deletes what cannot be gone on from. */
  void prepare() throws IOException {
    Files.createDirectories(directory);
    // A file without notes says nothing, and notes without a file are of no use.
    Directories.deleteUnless(
        directory,
        name ->
            isStaged(name, digest -> Files.exists(part(digest)) && Files.exists(notes(digest))));
  }

  @Nullable StagedFile opened(Sha256 digest) {
    return open.get(digest);
  }

  List<StagedFile> opened() {
    return List.copyOf(open.values());
  }

  StagedFile open(ArtifactReference artifact, StagedFile.Owner owner) throws IOException {
    Sha256 digest = artifact.digest();
    StagedFile staged = StagedFile.open(part(digest), notes(digest), artifact, probe, owner);
    open.put(digest, staged);
    return staged;
  }

  /** A staged file has become an artifact, is left for later, or is gone. */
  void finished(StagedFile staged, StagedFile.End end) throws IOException {
    Sha256 digest = staged.artifact().digest();
    if (!open.remove(digest, staged) || end == StagedFile.End.SUSPENDED) {
      return;
    }
    if (end == StagedFile.End.ABANDONED) {
      Files.deleteIfExists(staged.path());
    }
    try {
      probe.before(Step.REMOVE_NOTES);
      Files.deleteIfExists(notes(digest));
    } catch (IOException e) {
      // Without the file they are of no use, and go at the next start.
      LOG.warn("Could not remove {}: {}", notes(digest), e.getMessage());
    }
  }

  /** What is promised or on the disk, but for the staging of {@code beside}. */
  long bytes(Sha256 beside) throws IOException {
    long promised =
        open.values().stream().mapToLong(staged -> staged.artifact().lengthBytes()).sum();
    return promised
        + Directories.sizeOfFiles(
            directory,
            name ->
                name.endsWith(PART)
                    && isStaged(
                        name, digest -> !digest.equals(beside) && !open.containsKey(digest)));
  }

  /** Deletes what is neither open nor needed. */
  void retain(Predicate<Sha256> needed) throws IOException {
    Directories.deleteUnless(
        directory,
        name -> isStaged(name, digest -> open.containsKey(digest) || needed.test(digest)));
  }

  /** Whether it is a file of a staging, and that of an artifact that is {@code kept}. */
  private static boolean isStaged(String name, Predicate<Sha256> kept) {
    int end = name.lastIndexOf('.');
    return end > 0
        && Directories.isDigest(name.substring(0, end))
        && (name.endsWith(PART) || name.endsWith(NOTES))
        && kept.test(new Sha256(name.substring(0, end)));
  }

  private Path part(Sha256 digest) {
    return directory.resolve(digest.hex() + PART);
  }

  private Path notes(Sha256 digest) {
    return directory.resolve(digest.hex() + NOTES);
  }
}
