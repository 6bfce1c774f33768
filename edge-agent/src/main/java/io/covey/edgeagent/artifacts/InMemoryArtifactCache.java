package io.covey.edgeagent.artifacts;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
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
    long length = artifact.lengthBytes();
    if (usedBytes.addAndGet(length) > quotaBytes) {
      usedBytes.addAndGet(-length);
      throw new IOException(Quota.exceeded(artifact, usedBytes.get(), quotaBytes));
    }
    // No overflow: Limits.ARTIFACT_BYTES is below 2^31.
    return new StagedArray(artifact, new byte[Math.toIntExact(length)]);
  }

  @Override
  public synchronized void retain(Predicate<Sha256> needed) {
    contents.forEach(
        (digest, content) -> {
          if (!needed.test(digest) && contents.remove(digest, content)) {
            usedBytes.addAndGet(-content.length);
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
  }

  private final class StagedArray implements Staging {
    private final ArtifactReference artifact;
    private final byte[] content;
    private final AtomicBoolean finished = new AtomicBoolean();

    StagedArray(ArtifactReference artifact, byte[] content) {
      this.artifact = artifact;
      this.content = content;
    }

    @Override
    public void write(int chunkIndex, ByteString chunk) {
      // No overflow: the offset is below the artifact's length, which an array holds.
      chunk.copyTo(content, chunkIndex * artifact.chunkSizeBytes());
    }

    @Override
    public boolean commit() {
      if (!Sha256.of(content).equals(artifact.digest())) {
        abandon();
        return false;
      }
      if (contents.putIfAbsent(artifact.digest(), content) == null) {
        finished.set(true);
      } else {
        abandon();
      }
      return true;
    }

    @Override
    public void abandon() {
      if (!finished.getAndSet(true)) {
        usedBytes.addAndGet(-content.length);
      }
    }
  }
}
