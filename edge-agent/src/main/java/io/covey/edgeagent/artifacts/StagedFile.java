package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.ArtifactReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An artifact that is being put together in a file. */
final class StagedFile implements ArtifactCache.Staging {
  private static final Logger LOG = LoggerFactory.getLogger(StagedFile.class);

  private final Path path;
  private final ArtifactReference artifact;
  private final FileChannel channel;
  private final Owner owner;
  private boolean finished;

  /** Hears once how the staging ended. */
  interface Owner {
    void finished(StagedFile staged, boolean whole) throws IOException;
  }

  private StagedFile(Path path, ArtifactReference artifact, FileChannel channel, Owner owner) {
    this.path = path;
    this.artifact = artifact;
    this.channel = channel;
    this.owner = owner;
  }

  static StagedFile create(Path path, ArtifactReference artifact, Owner owner) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new StagedFile(path, artifact, channel, owner);
  }

  Path path() {
    return path;
  }

  ArtifactReference artifact() {
    return artifact;
  }

  @Override
  public void write(int chunkIndex, ByteString content) throws IOException {
    long offset = (long) chunkIndex * artifact.chunkSizeBytes();
    ByteBuffer bytes = content.asReadOnlyByteBuffer();
    while (bytes.hasRemaining()) {
      // Positional writes: chunks come in any order and from several threads.
      offset += channel.write(bytes, offset);
    }
  }

  @Override
  public boolean commit() throws IOException {
    boolean whole =
        channel.size() == artifact.lengthBytes()
            && DirectoryArtifactCache.digest(channel).equals(artifact.digest());
    if (whole) {
      channel.force(true);
    }
    finish(whole);
    return whole;
  }

  @Override
  public void abandon() {
    try {
      finish(false);
    } catch (IOException e) {
      LOG.warn("Could not remove the staged file {}", path, e);
    }
  }

  private synchronized void finish(boolean whole) throws IOException {
    if (finished) {
      return;
    }
    finished = true;
    channel.close();
    owner.finished(this, whole);
  }
}
