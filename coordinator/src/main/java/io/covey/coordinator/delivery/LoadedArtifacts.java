package io.covey.coordinator.delivery;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The files that were asked for last, in memory, each read once however many blocks are asked for.
 * At most {@link #BYTES}, or one file that is larger. The owner's scheduler only.
 */
final class LoadedArtifacts {
  static final long BYTES = 64L << 20;

  private final Scheduler scheduler;
  private final ArtifactStore artifacts;
  private final LinkedHashMap<Sha256, CompletableFuture<ByteString>> loaded =
      new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Sha256, Long> sizes = new LinkedHashMap<>();

  LoadedArtifacts(Scheduler scheduler, ArtifactStore artifacts) {
    this.scheduler = scheduler;
    this.artifacts = artifacts;
  }

  CompletionStage<ByteString> get(ArtifactReference artifact) {
    Sha256 digest = artifact.digest();
    CompletableFuture<ByteString> known = loaded.get(digest);
    if (known != null) {
      return known;
    }
    CompletableFuture<ByteString> loading = new CompletableFuture<>();
    loaded.put(digest, loading);
    sizes.put(digest, artifact.lengthBytes());
    makeRoom(digest);
    scheduler
        .offload(new Workload(Workload.Kind.STORAGE, artifact.lengthBytes()), () -> read(artifact))
        .whenComplete(
            (content, failure) -> {
              if (failure != null) {
                forget(digest, loading);
                loading.completeExceptionally(failure);
              } else {
                loading.complete(content);
              }
            });
    return loading;
  }

  private ByteString read(ArtifactReference artifact) {
    byte[] content =
        artifacts
            .get(artifact.digest())
            .orElseThrow(() -> new IllegalStateException("no artifact " + artifact.digest()));
    if (content.length != artifact.lengthBytes()) {
      throw new IllegalStateException(
          "artifact %s has %d bytes, expected %d"
              .formatted(artifact.digest(), content.length, artifact.lengthBytes()));
    }
    return UnsafeByteOperations.unsafeWrap(content);
  }

  private void makeRoom(Sha256 newest) {
    long total = sizes.values().stream().mapToLong(Long::longValue).sum();
    Iterator<Sha256> oldest = loaded.keySet().iterator();
    while (total > BYTES && oldest.hasNext()) {
      Sha256 digest = oldest.next();
      if (!digest.equals(newest)) {
        oldest.remove();
        Long size = sizes.remove(digest);
        total -= size == null ? 0 : size;
      }
    }
  }

  private void forget(Sha256 digest, CompletableFuture<ByteString> failed) {
    if (loaded.remove(digest, failed)) {
      sizes.remove(digest);
    }
  }
}
