package io.covey.edgeagent.release;

import io.covey.crypto.primitive.Octets;
import io.covey.edgeagent.artifacts.DurableFiles;
import io.covey.edgeagent.artifacts.StorageProbe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The file {@link #NAME} in the data directory, put in place at once and whole. */
public final class FileTrustStore implements TrustStore {
  public static final String NAME = "releases.trust";

  /** More than a root, timestamp, snapshot, all targets documents and what was taken together. */
  private static final int MAXIMUM_BYTES = 32 << 20;

  private final Path file;
  private final StorageProbe probe;

  public FileTrustStore(Path dataDirectory) {
    this(dataDirectory, StorageProbe.NONE);
  }

  /** The same, with somebody who hears of what happens to the file. */
  public FileTrustStore(Path dataDirectory, StorageProbe probe) {
    this.file = dataDirectory.resolve(NAME);
    this.probe = probe;
  }

  @Override
  public Optional<Octets> load() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAXIMUM_BYTES + 1);
      if (content.length > MAXIMUM_BYTES) {
        throw new IOException(file + " is longer than " + MAXIMUM_BYTES + " bytes");
      }
      return Optional.of(Octets.owning(content));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public void save(Octets trusted) throws IOException {
    probe.before(StorageProbe.Step.WRITE_TRUST);
    DurableFiles.replace(file, trusted.toBytes(), probe);
  }
}
