package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Lives as long as the process: for agents without a disk, and for simulated ones. */
public final class InMemoryArtifactCache implements ArtifactCache {
  private final long quotaBytes;
  private final Map<Sha256, byte[]> contents = new ConcurrentHashMap<>();
  private final Map<Sha256, StagedArray> suspended = new ConcurrentHashMap<>();
  private final AtomicLong usedBytes = new AtomicLong();
  private volatile List<ModelManifest> served = List.of();

  /** Holds at most {@code quotaBytes} of artifacts, staged ones included. */
  public InMemoryArtifactCache(long quotaBytes) {
    this.quotaBytes = quotaBytes;
  }

  @Override
  public synchronized boolean contains(ArtifactReference artifact) {
    byte[] content = contents.get(artifact.digest());
    return content != null && content.length == artifact.lengthBytes();
  }

  @Override
  public ByteBuffer read(ArtifactReference artifact) throws IOException {
    byte[] content = contents.get(artifact.digest());
    if (content == null) {
      throw new IOException("artifact " + artifact.digest() + " is not in the cache");
    }
    return ByteBuffer.wrap(content).asReadOnlyBuffer();
  }

  @Override
  public Staging stage(ArtifactReference artifact) throws IOException {
    StagedArray before = suspended.remove(artifact.digest());
    if (before != null && before.artifact.equals(artifact)) {
      return before.resumed();
    }
    long length = artifact.lengthBytes();
    if (usedBytes.addAndGet(length) > quotaBytes) {
      usedBytes.addAndGet(-length);
      throw new OutOfQuotaException(artifact, usedBytes.get(), quotaBytes);
    }
    // No overflow: Limits.ARTIFACT_BYTES is below 2^31.
    return new StagedArray(artifact, new byte[Math.toIntExact(length)], new BitSet());
  }

  @Override
  public synchronized void retain(Predicate<Sha256> needed) {
    contents.forEach(
        (digest, content) -> {
          if (!needed.test(digest) && contents.remove(digest, content)) {
            usedBytes.addAndGet(-content.length);
          }
        });
    suspended.forEach(
        (digest, staged) -> {
          if (!needed.test(digest) && suspended.remove(digest, staged)) {
            usedBytes.addAndGet(-staged.content.length);
          }
        });
  }

  @Override
  public List<ModelManifest> servedBefore() {
    return served;
  }

  @Override
  public void rememberServed(List<ModelManifest> manifests) {
    served = List.copyOf(manifests);
  }

  @Override
  public void close() {
    contents.clear();
    suspended.clear();
  }

  private final class StagedArray implements Staging {
    private final ArtifactReference artifact;
    private final byte[] content;
    private final BitSet present;
    private final AtomicBoolean finished = new AtomicBoolean();

    StagedArray(ArtifactReference artifact, byte[] content, BitSet present) {
      this.artifact = artifact;
      this.content = content;
      this.present = present;
    }

    /** The same bytes under a staging of their own. */
    StagedArray resumed() {
      return new StagedArray(artifact, content, present);
    }

    @Override
    public BitSet present() {
      synchronized (present) {
        return (BitSet) present.clone();
      }
    }

    @Override
    public void write(int chunkIndex, ByteString chunk) {
      // No overflow: the offset is below the artifact's length, which an array holds.
      chunk.copyTo(content, chunkIndex * artifact.chunkSizeBytes());
      synchronized (present) {
        present.set(chunkIndex);
      }
    }

    @Override
    public ByteString read(int chunkIndex) {
      return ByteString.copyFrom(
          content, chunkIndex * artifact.chunkSizeBytes(), artifact.chunkLengthBytes(chunkIndex));
    }

    @Override
    public Outcome commit() {
      if (!Sha256.of(content).equals(artifact.digest())) {
        abandon();
        return Outcome.WRONG;
      }
      if (contents.putIfAbsent(artifact.digest(), content) == null) {
        finished.set(true);
      } else {
        abandon();
      }
      return Outcome.WHOLE;
    }

    @Override
    public void suspend() {
      if (!finished.getAndSet(true) && suspended.putIfAbsent(artifact.digest(), this) != null) {
        usedBytes.addAndGet(-content.length);
      }
    }

    @Override
    public void abandon() {
      if (!finished.getAndSet(true)) {
        usedBytes.addAndGet(-content.length);
      }
    }
  }
}
