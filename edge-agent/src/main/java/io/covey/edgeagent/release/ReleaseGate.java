package io.covey.edgeagent.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.KeepServing;
import io.covey.crypto.release.KeepServing.Reason;
import io.covey.crypto.release.MalformedReleaseException;
import io.covey.crypto.release.ManifestFiles;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.Selection;
import io.covey.crypto.release.TrustedMetadata;
import io.covey.models.samples.ExpectedOutputs;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import io.covey.protocols.topic.TrustPlace;
import java.io.IOException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what the fleet has released, as far as signatures say, and which versions may therefore be
 * taken. Whatever is missing, wrong or old, what serves goes on serving.
 *
 * <p>Thread rule: the agent's scheduler only; signatures are checked and files written on workers,
 * one step after the other.
 */
public final class ReleaseGate {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseGate.class);
  private static final Workload WORK = new Workload(Workload.Kind.STORAGE, 1);

  /** What comes about in every update, while only some of the documents have arrived. */
  private static final Set<Reason> PASSING =
      EnumSet.of(Reason.NOT_AS_REFERENCED, Reason.INCOMPLETE);

  private final Scheduler scheduler;
  private final Terms terms;
  private final TrustStore store;
  private final Signer signer;
  private final OfferedDocuments offered = new OfferedDocuments();
  private final Map<TrustPlace, KeepServing> refused = new HashMap<>();
  private Optional<TrustedMetadata> trusted = Optional.empty();
  private Optional<KeepServing> broken = Optional.empty();
  private CompletionStage<?> last = CompletableFuture.completedFuture(null);
  private boolean updatePending;
  private Runnable listener = () -> {};

  /**
   * Whose releases an agent takes.
   *
   * @param firstRoot digest of the root document that came with the enrolment; empty for an agent
   *     that was given none, which takes whatever the coordinator says
   * @param device what the agent is, from its own configuration
   * @param clock what documents expire by
   */
  public record Terms(Optional<Sha256> firstRoot, Audience.Device device, InstantSource clock) {}

  public ReleaseGate(Scheduler scheduler, Terms terms, TrustStore store, Signer signer) {
    this.scheduler = scheduler;
    this.terms = terms;
    this.store = store;
    this.signer = signer;
  }

  /** Whether anything is checked; if not, documents are of no use. */
  public boolean isActive() {
    return terms.firstRoot().isPresent();
  }

  /** Told whenever an obstacle may have gone. */
  public void whenChanged(Runnable told) {
    listener = told;
  }

  /** Reads what is trusted; completes always. What cannot be read is left as it is. */
  public CompletionStage<Void> start() {
    if (!isActive()) {
      LOG.warn(
          "{}: no root of releases came with the enrolment: versions are taken as the coordinator"
              + " says, whoever says so in its name",
          terms.device().agent());
      return CompletableFuture.completedFuture(null);
    }
    CompletionStage<Void> read =
        scheduler
            .offload(WORK, this::load)
            .handle(
                (found, failure) -> {
                  if (failure == null) {
                    trusted = found;
                  } else {
                    broken = Optional.of(unreadable(failure));
                  }
                  return null;
                });
    last = read;
    return read;
  }

  private Optional<TrustedMetadata> load() throws IOException {
    Optional<Octets> saved = store.load();
    if (saved.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TrustedMetadata.decode(saved.get(), signer));
    } catch (MalformedReleaseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private KeepServing unreadable(Throwable failure) {
    LOG.error(
        "{}: what is trusted about releases cannot be read, and is not replaced, which would forget"
            + " the highest versions seen: restore {}, or delete it if nobody could have changed"
            + " it",
        terms.device().agent(),
        FileTrustStore.NAME,
        failure);
    return new KeepServing(
        Reason.MALFORMED, "what was trusted before cannot be read: " + failure.getMessage());
  }

  /** A document from the network. */
  public void offer(TrustPlace place, TrustDocument document) {
    boolean another = offered.offer(place, Octets.owning(document.signed().toByteArray()));
    if (another) {
      reconsider();
    }
  }

  /** Looks again at all that was offered: the clock may have been put right. */
  public void reconsider() {
    if (!isActive() || broken.isPresent() || updatePending) {
      return;
    }
    updatePending = true;
    last = last.handle((done, failure) -> 0).thenCompose(ready -> update());
  }

  private CompletionStage<@Nullable Void> update() {
    updatePending = false;
    Optional<TrustedMetadata> before = trusted;
    Map<TrustPlace, Octets> documents = offered.copy();
    return scheduler
        .offload(
            WORK,
            () -> {
              MetadataUpdate.Outcome outcome =
                  MetadataUpdate.run(
                      before,
                      documents,
                      terms.firstRoot().orElseThrow(),
                      signer,
                      terms.clock().instant());
              if (outcome.trusted().isPresent() && !outcome.trusted().equals(before)) {
                store.save(outcome.trusted().get().encode());
              }
              return outcome;
            })
        .handle(
            (outcome, failure) -> {
              if (failure != null) {
                notKept(failure);
              } else {
                updated(outcome);
              }
              return null;
            });
  }

  private void updated(MetadataUpdate.Outcome outcome) {
    trusted = outcome.trusted();
    trusted.ifPresent(metadata -> offered.forgetRootsUpTo(metadata.rootVersion()));
    outcome
        .refused()
        .forEach(
            (place, reason) -> {
              if (!PASSING.contains(reason.reason()) && !reason.equals(refused.get(place))) {
                LOG.warn(
                    "{}: refused {}: {}, {}",
                    terms.device().agent(),
                    place.path(),
                    reason.reason(),
                    reason.detail());
              }
            });
    refused.clear();
    refused.putAll(outcome.refused());
    listener.run();
  }

  private void notKept(Throwable failure) {
    LOG.error(
        "{}: what is trusted about releases could not be written: nothing new is taken",
        terms.device().agent(),
        failure);
  }

  /** Completes always, on the scheduler, when all that was offered by now has been looked at. */
  public CompletionStage<Void> settled() {
    return last.handle((done, failure) -> null);
  }

  /** Why a version may not be taken now; empty if it may. */
  public Optional<KeepServing> obstacle(ModelManifest manifest) {
    if (!isActive()) {
      return Optional.empty();
    }
    return broken.or(() -> obstacleIn(trusted, manifest));
  }

  private Optional<KeepServing> obstacleIn(
      Optional<TrustedMetadata> metadata, ModelManifest manifest) {
    if (metadata.isEmpty()) {
      return Optional.of(
          new KeepServing(Reason.INCOMPLETE, "the fleet's first root has not come yet"));
    }
    Selection selection = select(metadata.get(), manifest);
    if (selection instanceof KeepServing reason) {
      return Optional.of(explained(reason));
    }
    return mismatch(((Selection.Offered) selection).release(), manifest);
  }

  /**
   * How far answers of a version to its samples may be from those expected: as its release says, as
   * far as there is one.
   */
  public double tolerance(ModelManifest manifest) {
    return releaseOf(manifest).map(Release::tolerance).orElse(ExpectedOutputs.DEFAULT_TOLERANCE);
  }

  /** The counter under which the version may be taken now; empty if it is not released. */
  public OptionalLong counter(ModelManifest manifest) {
    return releaseOf(manifest).stream().mapToLong(Release::counter).findFirst();
  }

  private Optional<Release> releaseOf(ModelManifest manifest) {
    return trusted
        .map(metadata -> select(metadata, manifest))
        .filter(Selection.Offered.class::isInstance)
        .map(offered -> ((Selection.Offered) offered).release())
        .filter(release -> mismatch(release, manifest).isEmpty());
  }

  private Selection select(TrustedMetadata metadata, ModelManifest manifest) {
    return metadata.current(manifest.model(), terms.device(), terms.clock().instant());
  }

  /** What is missing may have come, and been refused. */
  private KeepServing explained(KeepServing reason) {
    if (reason.reason() != Reason.INCOMPLETE) {
      return reason;
    }
    return refused.entrySet().stream()
        .filter(entry -> !PASSING.contains(entry.getValue().reason()))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(reason);
  }

  private static Optional<KeepServing> mismatch(Release release, ModelManifest manifest) {
    if (!release.version().equals(manifest.version())) {
      return Optional.of(
          new KeepServing(
              Reason.NO_RELEASE,
              "version %s is wanted, and release %d of %s is version %s"
                  .formatted(
                      manifest.version(), release.counter(), manifest.model(), release.version())));
    }
    return ManifestFiles.agree(manifest, release)
        ? Optional.empty()
        : Optional.of(
            new KeepServing(
                Reason.NOT_AS_REFERENCED,
                "version %s has other files than release %d of %s"
                    .formatted(manifest.version(), release.counter(), manifest.model())));
  }

  /**
   * Notes durably that a version is taken, before it is loaded: no release with a lower counter is
   * taken from then on.
   *
   * @return completes on the scheduler with an obstacle, or with none; fails if it could not be
   *     written
   */
  public CompletionStage<Optional<KeepServing>> take(ModelManifest manifest) {
    if (!isActive()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletionStage<Optional<KeepServing>> taken =
        last.handle((done, failure) -> 0).thenCompose(ready -> takeNow(manifest));
    last = taken;
    return taken;
  }

  private CompletionStage<Optional<KeepServing>> takeNow(ModelManifest manifest) {
    Optional<KeepServing> obstacle = obstacle(manifest);
    if (obstacle.isPresent()
        || !(select(trusted.orElseThrow(), manifest) instanceof Selection.Offered chosen)) {
      return CompletableFuture.completedFuture(obstacle);
    }
    TrustedMetadata next = trusted.orElseThrow().taking(chosen);
    if (Optional.of(next).equals(trusted)) {
      return CompletableFuture.completedFuture(obstacle);
    }
    return scheduler
        .offload(
            WORK,
            () -> {
              store.save(next.encode());
              return next;
            })
        .thenApply(
            kept -> {
              trusted = Optional.of(kept);
              return Optional.empty();
            });
  }
}
