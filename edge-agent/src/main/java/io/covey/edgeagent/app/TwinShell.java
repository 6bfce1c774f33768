package io.covey.edgeagent.app;

import io.covey.edgeagent.mqtt.ArtifactFetcher;
import io.covey.edgeagent.mqtt.FetchPriority;
import io.covey.edgeagent.serving.ServableModel;
import io.covey.edgeagent.session.ModelPhase;
import io.covey.edgeagent.session.ReturnedVersion;
import io.covey.edgeagent.session.Step;
import io.covey.edgeagent.session.Twin;
import io.covey.edgeagent.session.TwinEffect;
import io.covey.edgeagent.session.TwinEvent;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.time.Workload;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what the {@link Twin} asks for. Runs on the agent's scheduler. */
final class TwinShell implements TwinEffect.Actions {
  private static final Logger LOG = LoggerFactory.getLogger(TwinShell.class);

  private final AgentParts parts;
  private final Runnable reporter;
  private final RunningFetches fetches;
  private final Map<ModelManifest, ServableModel> loaded = new HashMap<>();
  private final Map<ModelManifest, Instant> begun = new HashMap<>();
  private final FetchStalls stalls = new FetchStalls();
  private final Map<ModelName, ModelManifest> current = new HashMap<>();
  private final Map<ModelName, ModelManifest> previous = new HashMap<>();
  private final Set<ModelManifest> servedBefore = new HashSet<>();
  private final ReleaseAdmission admission;
  private Twin twin = Twin.empty();
  private boolean tidying;
  private boolean untidy;
  private boolean closed;

  /**
   * @param reporter tells the coordinator what runs
   * @param asker asks the broker once more for the documents of releases
   */
  TwinShell(AgentParts parts, Runnable reporter, Runnable asker) {
    this.parts = parts;
    this.reporter = reporter;
    this.fetches = new RunningFetches(parts.scheduler(), this::isSlow);
    this.admission =
        new ReleaseAdmission(
            parts.agent(),
            parts.scheduler(),
            parts.releases(),
            new ReleaseAdmission.Listener() {
              @Override
              public void withheld(ModelManifest manifest, String reason) {
                on(new TwinEvent.Withheld(manifest, reason));
              }

              @Override
              public void askAgain() {
                asker.run();
              }
            });
    parts
        .releases()
        .whenChanged(
            () -> {
              heedReleases();
              admission.look();
            });
    parts
        .models()
        .whenFailed(
            (model, version) -> parts.scheduler().execute(() -> inferenceFailed(model, version)));
    parts.opening().whenKeysComeLate(manifest -> on(new TwinEvent.KeysCame(manifest)));
  }

  /** Serves what the agent served before it started. */
  void restore(TwinEvent.Restored before) {
    servedBefore.addAll(before.served());
    if (!before.served().isEmpty() || !before.returned().isEmpty()) {
      on(before);
    }
  }

  private void inferenceFailed(ModelName model, ModelVersion version) {
    if (!closed) {
      parts.probation().failed(model, version).ifPresent(this::on);
    }
  }

  void on(TwinEvent event) {
    if (closed) {
      return;
    }
    Step<Twin, TwinEffect> step = twin.on(event);
    twin = step.next();
    parts.probation().follow(twin);
    // Before anybody looks for what is wanted now.
    markInUse();
    step.effects().forEach(effect -> effect.perform(this));
    parts.models().setReady(isReady());
    if (!(event instanceof TwinEvent.Released)) {
      heedReleases();
    }
  }

  /** What was returned from may be released anew. */
  private void heedReleases() {
    parts.probation().heed(parts.releases()::counter);
    for (ReturnedVersion former : twin.returned().values()) {
      OptionalLong counter = parts.releases().counter(former.version());
      if (counter.isPresent()) {
        on(new TwinEvent.Released(former.version(), counter.getAsLong()));
      }
    }
  }

  /** Nothing is carried out any more. */
  void close() {
    closed = true;
    admission.close();
    parts.opening().close();
    fetches.cancelAll();
    parts.loading().tests().close();
  }

  @Override
  public void fetch(ModelManifest manifest) {
    List<ArtifactReference> needed = ArtifactReading.needed(manifest, answeredBefore(manifest));
    Optional<String> objection =
        ArtifactReading.served(manifest).isEmpty()
            ? Optional.of("the version has no artifact SERVING: not released")
            : parts.opening().opener().objection(manifest.model(), needed);
    if (objection.isPresent()) {
      parts.scheduler().execute(() -> refuse(manifest, objection.get()));
      return;
    }
    if (answeredBefore(manifest)) {
      fetchNow(manifest, needed);
    } else {
      // Once the twin has taken note that it fetches, and documents that came before were read.
      parts
          .scheduler()
          .execute(
              () ->
                  parts
                      .releases()
                      .settled()
                      .thenRun(() -> admit(manifest, () -> fetchNow(manifest, needed))));
    }
  }

  private void admit(ModelManifest manifest, Runnable next) {
    if (isWanted(manifest)) {
      admission.admit(manifest, next);
    }
  }

  /** What answered before does so again, whatever documents say by now. */
  private boolean answeredBefore(ModelManifest manifest) {
    return servedBefore.contains(manifest) || isReturningTo(manifest);
  }

  private boolean isWanted(ModelManifest manifest) {
    ModelPhase phase = twin.models().get(manifest.model());
    if (closed || phase == null || !phase.target().equals(manifest)) {
      return false;
    }
    return phase instanceof ModelPhase.Fetching || phase instanceof ModelPhase.Loading;
  }

  private void fetchNow(ModelManifest manifest, List<ArtifactReference> needed) {
    begun.put(manifest, parts.scheduler().now());
    fetches.begun(
        manifest,
        parts
            .fetcher()
            .fetch(
                manifest.model(),
                needed,
                FetchPriority.SERVING,
                new ArtifactFetcher.Listener() {
                  @Override
                  public void fetched() {
                    fetches.ended(manifest);
                    stalls.forget(manifest);
                    on(new TwinEvent.Fetched(manifest));
                  }

                  @Override
                  public void failed(String detail) {
                    fetches.ended(manifest);
                    refuse(manifest, detail);
                  }

                  @Override
                  public void stalled(String detail) {
                    stall(manifest, detail);
                  }
                }));
  }

  @Override
  public void cancelFetch(ModelManifest manifest) {
    begun.remove(manifest);
    stalls.forget(manifest);
    admission.forget(manifest);
    fetches.cancel(manifest);
  }

  @Override
  public void load(ModelManifest manifest) {
    if (answeredBefore(manifest)) {
      servedBefore.remove(manifest);
      loadOpenable(manifest, OptionalDouble.empty());
    } else {
      admission.take(
          manifest,
          () -> isWanted(manifest),
          () -> loadOpenable(manifest, OptionalDouble.of(parts.releases().tolerance(manifest))));
    }
  }

  /**
   * @param tolerance of the test; empty for a version that answered before
   */
  private void loadOpenable(ModelManifest manifest, OptionalDouble tolerance) {
    parts
        .opening()
        .whenOpenable(
            manifest,
            ArtifactReading.needed(manifest, tolerance.isEmpty()),
            () -> loadNow(manifest, tolerance),
            why -> refuse(manifest, why));
  }

  private void loadNow(ModelManifest manifest, OptionalDouble tolerance) {
    ProbationShell probation = parts.probation();
    if (tolerance.isPresent()) {
      probation.begin(
          manifest,
          Optional.ofNullable(current.get(manifest.model())),
          parts.releases().counter(manifest));
    }
    offload(
            ArtifactReading.servedBytes(manifest),
            () -> parts.loading().load(manifest, tolerance, probation::write))
        .whenComplete(
            (model, error) -> {
              if (closed) {
                close(model);
              } else if (error != null) {
                parts.opening().failed(manifest, error);
                refuse(manifest, String.valueOf(error.getMessage()));
              } else {
                loaded.put(manifest, model);
                on(new TwinEvent.Loaded(manifest));
              }
            });
  }

  @Override
  public void serve(ModelManifest manifest) {
    ServableModel model = loaded.remove(manifest);
    if (model == null) {
      throw new IllegalStateException("a version is to be served that was not loaded");
    }
    parts.models().serve(manifest.model(), manifest.version(), model);
    parts.probation().switched(manifest);
    ModelManifest former = current.put(manifest.model(), manifest);
    if (former != null) {
      previous.put(manifest.model(), former);
    }
    Instant start = begun.remove(manifest);
    LOG.info(
        "{}: serving {} version {} ({} ms from fetch to swap)",
        parts.agent(),
        manifest.model(),
        manifest.version(),
        start == null ? 0 : Duration.between(start, parts.scheduler().now()).toMillis());
    tidy();
  }

  @Override
  public void discard(ModelManifest manifest) {
    parts.probation().end(manifest);
    close(loaded.remove(manifest));
  }

  @Override
  public void retire(ModelName model) {
    LOG.info("{}: no longer serving {}", parts.agent(), model);
    parts.models().retire(model);
    ModelManifest former = current.remove(model);
    if (former != null) {
      parts.probation().end(former);
    }
    previous.remove(model);
    tidy();
  }

  @Override
  public void report() {
    reporter.run();
  }

  private boolean isReturningTo(ModelManifest manifest) {
    return twin.models().get(manifest.model()) instanceof ModelPhase.Returning phase
        && phase.back().equals(manifest);
  }

  /** Says what a fetch waits for; what is served answers meanwhile. */
  private void stall(ModelManifest manifest, String detail) {
    if (stalls.note(manifest, detail)) {
      LOG.warn(
          "{}: the fetch of {} version {} {}",
          parts.agent(),
          manifest.model(),
          manifest.version(),
          detail.isEmpty() ? "goes on" : "waits: " + detail);
      reporter.run();
    }
  }

  /** Says how far a fetch is that takes long; what is served answers meanwhile. */
  private void isSlow(ModelManifest manifest, String progress) {
    LOG.warn(
        "{}: the fetch of {} version {} is {}",
        parts.agent(),
        manifest.model(),
        manifest.version(),
        progress);
    stalls.noteSlow(manifest, progress);
    reporter.run();
  }

  /** What a fetch waits for; from any thread. */
  Optional<String> stalled() {
    return stalls.any();
  }

  /** What runs here. */
  ReportedState reported(boolean canTrain) {
    return stalls.in(twin.report(canTrain));
  }

  private void refuse(ModelManifest manifest, String detail) {
    begun.remove(manifest);
    stalls.forget(manifest);
    parts.probation().end(manifest);
    LOG.warn(
        "{}: cannot serve {} version {}: {}",
        parts.agent(),
        manifest.model(),
        manifest.version(),
        detail);
    on(new TwinEvent.Failed(manifest, detail));
  }

  private static void close(@Nullable ServableModel model) {
    if (model != null) {
      model.close();
    }
  }

  /** Every model that is wanted has a version that answers. */
  private boolean isReady() {
    boolean told = twin.revision() != Twin.NO_REVISION || !twin.models().isEmpty();
    return told && twin.models().values().stream().allMatch(phase -> phase.served().isPresent());
  }

  /** Notes on the disk what is served, and deletes what nobody needs; one run at a time. */
  private void tidy() {
    if (tidying) {
      untidy = true;
      return;
    }
    tidying = true;
    untidy = false;
    markInUse();
    // What is still being brought in again after a restart must be known at the next one, too.
    Map<ModelName, ModelManifest> answering = new TreeMap<>(twin.restoring());
    answering.putAll(current);
    List<ModelManifest> served = List.copyOf(answering.values());
    // Before a first swap, the artifacts of the version before the restart are unknown: keep them.
    boolean prune = !previous.isEmpty() || current.isEmpty();
    offload(0, () -> remember(served, prune)).whenComplete((done, error) -> tidied(error));
  }

  private boolean remember(List<ModelManifest> served, boolean prune) throws IOException {
    // Before the list: whoever serves what is in it needs them.
    parts.opening().ring().store();
    parts.cache().rememberServed(served);
    if (prune) {
      parts.cache().retain(parts.inUse()::contains);
    }
    return prune;
  }

  private void tidied(@Nullable Throwable error) {
    tidying = false;
    if (error != null) {
      LOG.warn("{}: could not note what is served: {}", parts.agent(), error.getMessage());
    }
    if (untidy && !closed) {
      tidy();
    }
  }

  private void markInUse() {
    List<ModelManifest> tested = new ArrayList<>(current.values());
    tested.addAll(previous.values());
    tested.addAll(twin.restoring().values());
    tested.addAll(parts.probation().previous());
    List<ModelManifest> coming = new ArrayList<>();
    for (ModelPhase phase : twin.models().values()) {
      (phase instanceof ModelPhase.Serving ? tested : coming).add(phase.target());
      if (phase instanceof ModelPhase.Returning returning) {
        tested.add(returning.back());
      }
    }
    parts.inUse().setOfTwin(tested, coming);
    tested.addAll(coming);
    parts.opening().setNeeded(tested);
  }

  private <T> CompletionStage<T> offload(long bytes, Callable<T> work) {
    return parts.scheduler().offload(new Workload(Workload.Kind.STORAGE, bytes), work);
  }
}
