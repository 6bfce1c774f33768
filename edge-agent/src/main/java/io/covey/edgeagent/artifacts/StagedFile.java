package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.ArtifactCache.Outcome;
import io.covey.edgeagent.artifacts.StorageProbe.Step;
import io.covey.protocols.message.ArtifactReference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An artifact that is being put together in a file, with notes beside it of what is there.
 *
 * <p>The order on the disk: blocks are written, then forced, and only then noted, so that what is
 * noted is there after a power failure too. That happens for about a mebibyte at a time, which is
 * what a crash costs at most.
 */
final class StagedFile implements ArtifactCache.Staging {
  private static final Logger LOG = LoggerFactory.getLogger(StagedFile.class);
  private static final long BATCH_BYTES = 1L << 20;

  private final Path path;
  private final ArtifactReference artifact;
  private final FileChannel channel;
  private final BlockNotes notes;
  private final Owner owner;
  private final StorageProbe probe;
  private final BitSet atStart;
  private final Map<Integer, byte[]> unnoted = new LinkedHashMap<>();
  private long unnotedBytes;
  private boolean finished;

  /** How a staging ends. */
  enum End {
    /** Its file is whole and belongs into the cache. */
    WHOLE,
    /** Its files stay, to go on from. */
    SUSPENDED,
    /** Its files are of no use. */
    ABANDONED
  }

  /** Hears once how the staging ended. */
  interface Owner {
    void finished(StagedFile staged, End end) throws IOException;
  }

  private StagedFile(
      Path path,
      ArtifactReference artifact,
      FileChannel channel,
      BlockNotes notes,
      StorageProbe probe,
      Owner owner)
      throws IOException {
    this.path = path;
    this.artifact = artifact;
    this.channel = channel;
    this.notes = notes;
    this.probe = probe;
    this.owner = owner;
    this.atStart = notes.present();
    dropBeyond(channel.size());
  }

  /** A file that was cut short since does not hold what the notes say. */
  private void dropBeyond(long size) throws IOException {
    BitSet lost = new BitSet();
    for (int i = atStart.nextSetBit(0); i >= 0; i = atStart.nextSetBit(i + 1)) {
      lost.set(i, offset(i) + artifact.chunkLengthBytes(i) > size);
    }
    if (!lost.isEmpty()) {
      notes.remove(lost);
      atStart.andNot(lost);
    }
  }

  /** Makes the files, or opens those that an earlier run left. */
  static StagedFile open(
      Path path, Path notesPath, ArtifactReference artifact, StorageProbe probe, Owner owner)
      throws IOException {
    probe.before(Step.OPEN_STAGING);
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean opened = false;
    try {
      if (channel.size() > artifact.lengthBytes()) {
        channel.truncate(artifact.lengthBytes());
      }
      BlockNotes notes = BlockNotes.open(notesPath, artifact);
      StagedFile staged = new StagedFile(path, artifact, channel, notes, probe, owner);
      opened = true;
      return staged;
    } finally {
      if (!opened) {
        channel.close();
      }
    }
  }

  Path path() {
    return path;
  }

  ArtifactReference artifact() {
    return artifact;
  }

  @Override
  public BitSet present() {
    return (BitSet) atStart.clone();
  }

  @Override
  public void write(int chunkIndex, ByteString content) throws IOException {
    probe.before(Step.WRITE_BLOCK);
    byte[] hash = BlockNotes.hash(content.asReadOnlyByteBuffer());
    long offset = offset(chunkIndex);
    ByteBuffer bytes = content.asReadOnlyByteBuffer();
    while (bytes.hasRemaining()) {
      // Positional writes: chunks come in any order and from several threads.
      offset += channel.write(bytes, offset);
    }
    synchronized (this) {
      unnoted.put(chunkIndex, hash);
      unnotedBytes += content.size();
      if (unnotedBytes >= BATCH_BYTES) {
        note();
      }
    }
  }

  private synchronized void note() throws IOException {
    if (unnoted.isEmpty()) {
      return;
    }
    probe.before(Step.FORCE_BLOCKS);
    channel.force(false);
    probe.before(Step.NOTE_BLOCKS);
    notes.add(unnoted);
    unnoted.clear();
    unnotedBytes = 0;
  }

  @Override
  public ByteString read(int chunkIndex) throws IOException {
    ByteBuffer block = block(chunkIndex);
    if (block.remaining() < artifact.chunkLengthBytes(chunkIndex)) {
      throw new IOException("block " + chunkIndex + " is not in " + path);
    }
    return ByteString.copyFrom(block);
  }

  @Override
  public synchronized Outcome commit() throws IOException {
    note();
    probe.before(Step.VERIFY);
    if (channel.size() == artifact.lengthBytes()
        && DirectoryArtifactCache.digest(channel).equals(artifact.digest())) {
      channel.force(true);
      finish(End.WHOLE);
      return Outcome.WHOLE;
    }
    BitSet damaged = damaged();
    if (damaged.isEmpty()) {
      finish(End.ABANDONED);
    } else {
      notes.remove(damaged);
    }
    return new Outcome(false, damaged);
  }

  /** Blocks that are not what they were when they came. */
  private BitSet damaged() throws IOException {
    BitSet damaged = new BitSet(artifact.chunkCount());
    for (int i = 0; i < artifact.chunkCount(); i++) {
      damaged.set(i, !notes.holds(i, BlockNotes.hash(block(i))));
    }
    return damaged;
  }

  /** As much of a block as the file has. */
  private ByteBuffer block(int index) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(artifact.chunkLengthBytes(index));
    long position = offset(index);
    int count = 0;
    while (block.hasRemaining() && count >= 0) {
      count = channel.read(block, position);
      position += Math.max(0, count);
    }
    return block.flip();
  }

  @Override
  public synchronized void suspend() {
    try {
      if (!finished) {
        note();
      }
    } catch (IOException e) {
      LOG.warn("Could not note what is there of {}: it will be fetched again", path, e);
    }
    end(End.SUSPENDED);
  }

  @Override
  public void abandon() {
    end(End.ABANDONED);
  }

  private void end(End end) {
    try {
      finish(end);
    } catch (IOException e) {
      LOG.warn("Could not close or remove the staged file {}", path, e);
    }
  }

  private synchronized void finish(End end) throws IOException {
    if (finished) {
      return;
    }
    if (end == End.WHOLE) {
      // A move that fails may be tried again.
      owner.finished(this, end);
      finished = true;
      closeFiles();
      return;
    }
    finished = true;
    closeFiles();
    owner.finished(this, end);
  }

  private void closeFiles() throws IOException {
    try (notes) {
      channel.close();
    }
  }

  private long offset(int index) {
    return (long) index * artifact.chunkSizeBytes();
  }
}
