package io.covey.coordinator.release;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Audience;
import io.covey.crypto.release.ManifestFiles;
import io.covey.crypto.release.Release;
import io.covey.crypto.release.ReleaseKeys;
import io.covey.models.samples.ExpectedOutputs;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import io.covey.protocols.topic.TrustPlace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says to the fleet what is released: makes documents of what the store has, keeps them, and then
 * publishes them, retained. Whatever a crash interrupts is made up for at the next start, since the
 * documents follow from the store.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
public final class ReleaseDesk {
  private static final Logger LOG = LoggerFactory.getLogger(ReleaseDesk.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Workload WORK = new Workload(Workload.Kind.STORAGE, 1);

  private final Scheduler scheduler;
  private final FleetMessenger messenger;
  private final ReleaseStore store;
  private final ModelStore models;
  private final Optional<ReleaseKeys> keys;
  private final Lifetimes lifetimes;
  private final ReleaseRoom room;

  /** By path, in the order of publication. */
  private Map<String, Octets> published = new LinkedHashMap<>();

  /** The highest counter of each model that listeners know of. */
  private final Map<ModelName, Long> told = new HashMap<>();

  private final List<Consumer<ReleaseRecord>> listeners = new ArrayList<>();

  private CompletionStage<?> last = CompletableFuture.completedFuture(null);
  private CompletionStage<?> sending = CompletableFuture.completedFuture(null);

  /**
   * @param keys empty for a coordinator that signs no releases, which agents then do not expect
   */
  public ReleaseDesk(
      Scheduler scheduler,
      FleetMessenger messenger,
      ReleaseStore store,
      ModelStore models,
      Optional<ReleaseKeys> keys,
      Lifetimes lifetimes) {
    this.scheduler = scheduler;
    this.messenger = messenger;
    this.store = store;
    this.models = models;
    this.keys = keys;
    this.lifetimes = lifetimes;
    this.room = new ReleaseRoom(store, models);
  }

  /** Tells of every release from now on, once its documents are kept. */
  public void addListener(Consumer<ReleaseRecord> listener) {
    listeners.add(listener);
  }

  /** Publishes the roots and all that is released, and goes on renewing it. */
  public CompletionStage<Void> start() {
    if (keys.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    publishRoots();
    scheduleRenewal();
    return refresh();
  }

  /**
   * Completes when the documents say what the store does, are kept, and are on their way; see
   * {@link #delivered}.
   */
  public CompletionStage<Void> refresh() {
    if (keys.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    DocumentMaker maker = new DocumentMaker(keys.get(), lifetimes);
    CompletionStage<Void> done =
        last.thenCompose(
                before -> scheduler.offload(WORK, () -> room.whileNoneIsTaken(() -> made(maker))))
            .thenAccept(this::publishChanged);
    last = done.exceptionally(failure -> null);
    return done;
  }

  /**
   * From now on, releases of a model are for these devices; also the newest that there is. What
   * others serve of it, they go on serving.
   *
   * @return fails with {@link IllegalArgumentException} where there is no room for so many
   */
  public CompletionStage<Void> setAudience(ModelName model, Audience audience) {
    CompletionStage<Void> set =
        last.thenCompose(
            before ->
                scheduler.offload(
                    WORK,
                    () -> {
                      room.take(model, audience, () -> store.setAudience(model, audience))
                          .ifPresent(
                              objection -> {
                                throw new IllegalArgumentException(objection);
                              });
                      return null;
                    }));
    last = set.exceptionally(failure -> null);
    return set.thenCompose(done -> refresh());
  }

  /** Whether one more model finds room. */
  public ReleaseRoom room() {
    return room;
  }

  /** Whether agents heed what is released, and for whom. */
  public boolean isActive() {
    return keys.isPresent();
  }

  /** Publishes everything again; after the broker has lost what it had kept. */
  public void republish() {
    if (keys.isPresent()) {
      publishRoots();
      published.forEach(this::publish);
    }
  }

  /** Completes when the broker has all documents that were to be published by now. */
  public CompletionStage<?> delivered() {
    return sending;
  }

  private void scheduleRenewal() {
    var unused = scheduler.schedule(lifetimes.renewal(), this::renew);
  }

  private void renew() {
    scheduleRenewal();
    var unused =
        refresh()
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.error(
                        "the documents of releases could not be renewed; agents take nothing new"
                            + " once the timestamp has expired",
                        failure);
                  }
                });
  }

  /**
   * What the store has come to.
   *
   * @param released the newest of each model
   * @param isNew whether the documents had to be made anew
   */
  private record Made(Map<String, Octets> documents, List<ReleaseRecord> released, boolean isNew) {}

  private Made made(DocumentMaker maker) {
    List<ReleaseRecord> released = store.newest();
    Map<String, Octets> before = store.documents();
    Map<String, Octets> next =
        maker.next(before, released.stream().map(this::release).toList(), scheduler.now());
    boolean isNew = !next.equals(before);
    if (isNew) {
      store.saveDocuments(next);
    }
    return new Made(next, released, isNew);
  }

  private Release release(ReleaseRecord record) {
    var version =
        models
            .version(record.model(), record.version())
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "no version %s of %s".formatted(record.version(), record.model())));
    SortedMap<FileRole, SealedFile> files = ManifestFiles.of(version.manifest());
    return new Release(
        record.model(),
        record.version(),
        record.counter(),
        files,
        store.audience(record.model()),
        0,
        files.containsKey(FileRole.EXPECTED_OUTPUTS) ? tolerance(record.model()) : 0);
  }

  private double tolerance(ModelName name) {
    return models
        .model(name)
        .flatMap(ModelRecord::plain)
        .map(plain -> plain.task().serving().selfTest().tolerance())
        .orElse(ExpectedOutputs.DEFAULT_TOLERANCE);
  }

  private void publishChanged(Made made) {
    Map<String, Octets> before = published;
    published = made.documents();
    tellOf(made);
    published.forEach(
        (path, document) -> {
          if (!Optional.of(document).equals(Optional.ofNullable(before.get(path)))) {
            publish(path, document);
          }
        });
  }

  /** What was released before this run, and is in documents of then, is no news. */
  private void tellOf(Made made) {
    for (ReleaseRecord release : made.released()) {
      Long known = told.put(release.model(), release.counter());
      boolean isNews = known == null ? made.isNew() : known < release.counter();
      if (isNews) {
        listeners.forEach(listener -> listener.accept(release));
      }
    }
  }

  private void publishRoots() {
    List<Octets> roots = keys.orElseThrow().roots();
    for (int i = 0; i < roots.size(); i++) {
      send(new TrustPlace.Root(i + 1), roots.get(i));
    }
  }

  private void publish(String path, Octets document) {
    send(TrustPlace.of(path.split("/", -1)).orElseThrow(), document);
  }

  /** One after the other: a document comes after those that it names. */
  private void send(TrustPlace place, Octets document) {
    sending = sending.thenCompose(before -> new Sending(place, document).begin());
  }

  /** One document on its way, until the broker has it or a newer one takes its place. */
  private final class Sending {
    private final TrustPlace place;
    private final Octets document;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Sending(TrustPlace place, Octets document) {
      this.place = place;
      this.document = document;
    }

    CompletionStage<Void> begin() {
      attempt();
      return done;
    }

    private void retryLater() {
      var unused = scheduler.schedule(RETRY, this::attempt);
    }

    private void attempt() {
      Octets newest = published.getOrDefault(place.path(), document);
      var unused =
          messenger
              .publishTrust(place, new TrustDocument(ByteString.copyFrom(newest.toBytes())))
              .whenComplete(
                  (taken, failure) -> {
                    if (failure == null) {
                      done.complete(null);
                    } else {
                      retryLater();
                    }
                  });
    }
  }
}
