package io.covey.coordinator.training;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.covey.coordinator.delivery.BlockServer;
import io.covey.coordinator.delivery.DeliverySettings;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers the files of the newest versions: keeps them with the broker, as retained chunks below
 * their digest, unless they are to be had on request only, which they are in any case.
 *
 * <p>Thread rule: the owner's scheduler only. One chunk after the other goes out, so a large model
 * takes no more of the transport's outbox than one message.
 */
public final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final FleetMessenger messenger;
  private final ArtifactStore artifacts;
  private final BlockServer blocks;
  private final Terms terms;
  private final Map<ModelName, Deque<ModelManifest>> kept = new HashMap<>();
  private final Set<Sha256> published = new HashSet<>();
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);

  /**
   * What is offered and how.
   *
   * @param versionsKept at least 1 of each model
   */
  public record Terms(int versionsKept, DeliverySettings.Mode mode) {}

  public Publisher(
      Scheduler scheduler,
      FleetMessenger messenger,
      ArtifactStore artifacts,
      BlockServer blocks,
      Terms terms) {
    this.scheduler = scheduler;
    this.messenger = messenger;
    this.artifacts = artifacts;
    this.blocks = blocks;
    this.terms = terms;
  }

  /** Publishes what is new in a version, and takes back what only versions now too old have. */
  public CompletionStage<Void> publish(ModelManifest manifest) {
    Deque<ModelManifest> versions =
        kept.computeIfAbsent(manifest.model(), model -> new ArrayDeque<>());
    versions.addLast(manifest);
    List<ModelManifest> retired = new ArrayList<>();
    Optional<ModelManifest> old = oldest(versions);
    while (versions.size() > terms.versionsKept() && old.isPresent()) {
      versions.remove(old.get());
      retired.add(old.get());
      old = oldest(versions);
    }
    manifest.files().forEach(artifact -> blocks.offer(manifest.model(), artifact));
    CompletionStage<Void> done =
        last.thenCompose(before -> publishArtifacts(manifest))
            .thenRun(() -> retired.forEach(this::retire));
    last = done.exceptionally(failure -> null);
    return done;
  }

  /** The oldest version that is neither the newest nor the one that agents serve. */
  private static Optional<ModelManifest> oldest(Deque<ModelManifest> versions) {
    ModelManifest served = versions.getLast();
    for (ModelManifest version : versions) {
      served = isServable(version) ? version : served;
    }
    for (ModelManifest version : versions) {
      if (!version.equals(served) && !version.equals(versions.getLast())) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  private static boolean isServable(ModelManifest version) {
    return !version.isPlain() || version.artifact(ArtifactReference.Role.SERVING).isPresent();
  }

  /** Publishes everything again; after the broker has lost what it had kept. */
  void republish() {
    published.clear();
    kept.values().stream()
        .flatMap(Deque::stream)
        .forEach(
            manifest -> {
              last =
                  last.thenCompose(before -> publishArtifacts(manifest))
                      .exceptionally(failure -> unpublished(manifest, failure));
            });
  }

  private static @Nullable Void unpublished(ModelManifest manifest, Throwable failure) {
    LOG.error(
        "version {} of {} could not be published again",
        manifest.version(),
        manifest.model(),
        failure);
    return null;
  }

  private CompletionStage<Void> publishArtifacts(ModelManifest manifest) {
    CompletionStage<Void> done = CompletableFuture.completedFuture(null);
    if (terms.mode() == DeliverySettings.Mode.ON_REQUEST) {
      return done;
    }
    for (ArtifactReference artifact : manifest.artifacts()) {
      if (published.add(artifact.digest())) {
        done = done.thenCompose(before -> publishArtifact(manifest.model(), artifact));
      }
    }
    for (ArtifactReference file : manifest.files()) {
      if (published.add(file.digest())) {
        done = done.thenCompose(before -> publishDifference(manifest.model(), file));
      }
    }
    return done;
  }

  /** Nobody depends on a difference. */
  private CompletionStage<Void> publishDifference(ModelName model, ArtifactReference difference) {
    return publishArtifact(model, difference)
        .exceptionally(
            failure -> {
              LOG.warn(
                  "the difference {} of {} could not be published: {}",
                  difference.digest(),
                  model,
                  failure.getMessage());
              return null;
            });
  }

  private CompletionStage<Void> publishArtifact(ModelName model, ArtifactReference artifact) {
    return scheduler
        .offload(
            new Workload(Workload.Kind.STORAGE, artifact.lengthBytes()),
            () ->
                artifacts
                    .get(artifact.digest())
                    .orElseThrow(
                        () -> new IllegalStateException("no artifact " + artifact.digest())))
        .thenCompose(content -> new Upload(model, artifact, content).begin());
  }

  private void retire(ModelManifest old) {
    Set<Sha256> needed = new HashSet<>();
    kept.values().stream()
        .flatMap(Deque::stream)
        .flatMap(manifest -> manifest.files().stream())
        .forEach(artifact -> needed.add(artifact.digest()));
    for (ArtifactReference artifact : old.files()) {
      if (!needed.contains(artifact.digest())) {
        blocks.withdraw(artifact.digest());
      }
      if (!needed.contains(artifact.digest()) && published.remove(artifact.digest())) {
        for (int chunk = 0; chunk < artifact.chunkCount(); chunk++) {
          var unused = messenger.clearChunk(old.model(), artifact.digest(), chunk);
        }
      }
    }
  }

  /** One artifact on its way, chunk after chunk, until the broker has all of them. */
  private final class Upload {
    private final ModelName model;
    private final ArtifactReference artifact;
    private final ByteString content;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int index;

    Upload(ModelName model, ArtifactReference artifact, byte[] content) {
      this.model = model;
      this.artifact = artifact;
      this.content = UnsafeByteOperations.unsafeWrap(content);
    }

    CompletionStage<Void> begin() {
      next();
      return done;
    }

    private void next() {
      if (index == artifact.chunkCount()) {
        done.complete(null);
        return;
      }
      int start = Math.multiplyExact(index, artifact.chunkSizeBytes());
      ByteString piece = content.substring(start, start + artifact.chunkLengthBytes(index));
      var unused =
          messenger
              .publishChunk(model, new ArtifactChunk(artifact.digest(), index, piece))
              .whenComplete((taken, failure) -> answered(failure));
    }

    private void answered(@Nullable Throwable failure) {
      if (failure == null) {
        index++;
        scheduler.execute(this::next);
      } else {
        LOG.debug("chunk {} of {} was not taken; again later", index, artifact.digest());
        var unused = scheduler.schedule(RETRY, this::next);
      }
    }
  }
}
