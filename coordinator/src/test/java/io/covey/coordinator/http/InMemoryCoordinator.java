package io.covey.coordinator.http;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.privacy.PrivacyAccount;
import io.covey.coordinator.registry.HeldOutEvaluation;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.PlainModel;
import io.covey.coordinator.registry.ServingReport;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.AdminOperations;
import io.covey.coordinator.training.OperationException;
import io.covey.coordinator.training.OperationException.Kind;
import io.covey.coordinator.training.PlainUpload;
import io.covey.coordinator.training.PrivacyReport;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.coordinator.training.TrainingJob;
import io.covey.crypto.privacy.accounting.RoundCost;
import io.covey.crypto.release.Audience;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.Limits;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A coordinator without fleet, rounds or store: keeps what it is told and answers from it. */
final class InMemoryCoordinator implements AdminOperations {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

  private final Map<ModelName, ModelRecord> models = new TreeMap<>();
  private final Map<ModelName, List<VersionRecord>> versions = new HashMap<>();
  private final Map<Sha256, byte[]> artifacts = new HashMap<>();
  private final Map<ModelName, TrainingJob> jobs = new HashMap<>();
  private final Map<ModelName, List<RoundRecord>> rounds = new HashMap<>();
  private final Map<ModelName, List<Consumer<TrainingEvent>>> watchers = new HashMap<>();
  private final Map<ModelName, PrivacyAccount> accounts = new HashMap<>();
  private final Map<ModelVersion, ModelVersion> restores = new HashMap<>();
  private final Map<ModelVersion, Integer> releasedAgain = new HashMap<>();
  private final Map<ModelName, Audience> audiences = new HashMap<>();
  private final List<AgentRecord> agents = new CopyOnWriteArrayList<>();
  private final List<String> obstacles = new CopyOnWriteArrayList<>();
  private @Nullable Throwable failure;
  private boolean silent;
  private CompletableFuture<Void> subscribed = new CompletableFuture<>();
  private CompletableFuture<Void> unsubscribed = new CompletableFuture<>();

  /** Forgets everything. */
  synchronized void reset() {
    models.clear();
    versions.clear();
    artifacts.clear();
    jobs.clear();
    rounds.clear();
    accounts.clear();
    restores.clear();
    releasedAgain.clear();
    audiences.clear();
    agents.clear();
    obstacles.clear();
    failure = null;
    silent = false;
  }

  /** Done when somebody begins to watch after this call. */
  synchronized CompletableFuture<Void> nextSubscription() {
    subscribed = new CompletableFuture<>();
    return subscribed;
  }

  /** Done when somebody ceases to watch after this call. */
  synchronized CompletableFuture<Void> nextUnsubscription() {
    unsubscribed = new CompletableFuture<>();
    return unsubscribed;
  }

  /** Every later operation fails so. */
  synchronized void failWith(Throwable cause) {
    failure = cause;
  }

  /** No later operation answers. */
  synchronized void fallSilent() {
    silent = true;
  }

  void obstruct(String obstacle) {
    obstacles.add(obstacle);
  }

  void addAgents(Collection<AgentRecord> more) {
    agents.addAll(more);
  }

  /** Keeps a round and tells the watchers. */
  void emit(RoundRecord round) {
    synchronized (this) {
      List<RoundRecord> known = rounds.computeIfAbsent(round.model(), m -> new ArrayList<>());
      known.removeIf(r -> r.number() == round.number());
      known.add(round);
    }
    tell(round.model(), new TrainingEvent.OfRound(round));
  }

  /** Adds a version as a round does. */
  synchronized void addVersion(VersionRecord version) {
    versionsOf(version.model()).add(version);
  }

  synchronized int watcherCount(ModelName name) {
    return watchers.getOrDefault(name, List.of()).size();
  }

  synchronized byte[] artifact(Sha256 digest) {
    return Optional.ofNullable(artifacts.get(digest)).orElseThrow();
  }

  @Override
  public CompletionStage<VersionRecord> registerModel(
      ModelName name, String description, byte[] graph, Optional<byte[]> weights) {
    return answer(
        () -> {
          if (models.containsKey(name)) {
            throw new OperationException(Kind.CONFLICT, "There is a model " + name + " already.");
          }
          if (new String(graph, StandardCharsets.ISO_8859_1).startsWith("not a model")) {
            throw new OperationException(Kind.INVALID, "The graph is no .tflite file.");
          }
          models.put(name, new ModelRecord(name, description, NOW));
          List<ArtifactReference> files = new ArrayList<>();
          files.add(keep(ArtifactReference.Role.GRAPH, graph));
          weights.ifPresent(w -> files.add(keep(ArtifactReference.Role.WEIGHTS, w)));
          VersionRecord first =
              new VersionRecord(
                  name,
                  new ModelVersion(1),
                  NOW,
                  Optional.empty(),
                  files,
                  Optional.empty(),
                  Optional.empty());
          addVersion(first);
          return first;
        });
  }

  @Override
  public CompletionStage<VersionRecord> registerPlainModel(
      ModelName name, String description, PlainUpload upload) {
    return answer(
        () -> {
          if (models.containsKey(name)) {
            throw new OperationException(Kind.CONFLICT, "There is a model " + name + " already.");
          }
          PlainModel plain =
              new PlainModel(Sha256.of(upload.file()), upload.task(), Optional.empty());
          models.put(name, new ModelRecord(name, description, NOW, Optional.of(plain)));
          VersionRecord first =
              new VersionRecord(
                  name,
                  new ModelVersion(1),
                  NOW,
                  Optional.empty(),
                  List.of(
                      keep(ArtifactReference.Role.GRAPH, upload.file()),
                      keep(ArtifactReference.Role.PACKED_WEIGHTS, new byte[] {1}),
                      keep(ArtifactReference.Role.SERVING, upload.file())),
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(
                      new ServingReport(
                          upload.task().serving().form(), true, "", 10, 10, Optional.empty())));
          addVersion(first);
          return first;
        });
  }

  @Override
  public CompletionStage<VersionRecord> setEvaluationData(
      ModelName name, byte[] csv, LabelColumn label, float scale) {
    return answer(
        () -> {
          VersionRecord newest = newest(name);
          String text = new String(csv, StandardCharsets.UTF_8);
          if (!List.of(text.lines().findFirst().orElse("").split(",", -1))
              .containsAll(label.columns())) {
            throw new OperationException(
                Kind.INVALID, "The file has no column " + label.column() + ".");
          }
          long examples = text.lines().count() - 1;
          // An infinite loss, as a model that diverged has it.
          HeldOutEvaluation evaluation =
              new HeldOutEvaluation(Double.POSITIVE_INFINITY, scale, examples);
          VersionRecord evaluated =
              new VersionRecord(
                  name,
                  newest.version(),
                  newest.createdAt(),
                  newest.round(),
                  newest.artifacts(),
                  newest.optimizerState(),
                  Optional.of(evaluation));
          List<VersionRecord> all = versionsOf(name);
          all.set(all.size() - 1, evaluated);
          return evaluated;
        });
  }

  @Override
  public CompletionStage<List<ModelRecord>> models() {
    return answer(() -> List.copyOf(models.values()));
  }

  @Override
  public CompletionStage<Optional<ModelRecord>> model(ModelName name) {
    return answer(() -> Optional.ofNullable(models.get(name)));
  }

  @Override
  public CompletionStage<List<VersionRecord>> versions(ModelName name) {
    return answer(
        () ->
            versionsOf(name).stream()
                .sorted(Comparator.comparing(VersionRecord::version).reversed())
                .toList());
  }

  @Override
  public CompletionStage<Optional<VersionRecord>> version(ModelName name, ModelVersion version) {
    return answer(
        () -> versionsOf(name).stream().filter(v -> v.version().equals(version)).findFirst());
  }

  @Override
  public CompletionStage<VersionRecord> rollBack(ModelName name, ModelVersion version) {
    return answer(
        () -> {
          VersionRecord newest = newest(name);
          TrainingJob job = jobs.get(name);
          if (job != null && job.state() == TrainingJob.State.RUNNING) {
            throw new OperationException(Kind.CONFLICT, name + " is being trained");
          }
          VersionRecord old =
              versionsOf(name).stream()
                  .filter(v -> v.version().equals(version))
                  .findFirst()
                  .orElseThrow(() -> new OperationException(Kind.NOT_FOUND, "No such version."));
          VersionRecord restored =
              new VersionRecord(
                  name,
                  newest.version().next(),
                  NOW,
                  Optional.empty(),
                  old.artifacts(),
                  Optional.empty(),
                  old.evaluation(),
                  old.serving());
          versionsOf(name).add(restored);
          restores.put(restored.version(), version);
          return restored;
        });
  }

  @Override
  public CompletionStage<ReleaseRecord> releaseAgain(ModelName name, ModelVersion version) {
    return answer(
        () -> {
          VersionRecord newest = newest(name);
          if (!newest.version().equals(version)) {
            throw new OperationException(Kind.CONFLICT, "it is not the newest release");
          }
          releasedAgain.merge(version, 1, Integer::sum);
          return releasesOf(name).get(0);
        });
  }

  @Override
  public CompletionStage<List<ReleaseRecord>> releases(ModelName name) {
    return answer(() -> releasesOf(name));
  }

  private List<ReleaseRecord> releasesOf(ModelName name) {
    return versionsOf(name).stream()
        .map(
            v ->
                new ReleaseRecord(
                    name,
                    v.version().number() + releasedAgain.getOrDefault(v.version(), 0),
                    v.version(),
                    Optional.ofNullable(restores.get(v.version()))))
        .sorted(Comparator.comparing(ReleaseRecord::counter).reversed())
        .toList();
  }

  @Override
  public CompletionStage<Audience> audience(ModelName name) {
    return answer(
        () -> {
          requireModel(name);
          return audiences.getOrDefault(name, Audience.ALL);
        });
  }

  @Override
  public CompletionStage<Audience> setAudience(ModelName name, Audience audience) {
    return answer(
        () -> {
          requireModel(name);
          audiences.put(name, audience);
          return audience;
        });
  }

  private void requireModel(ModelName name) throws OperationException {
    if (!models.containsKey(name)) {
      throw new OperationException(
          OperationException.Kind.NOT_FOUND, "there is no model named " + name);
    }
  }

  @Override
  public CompletionStage<byte[]> artifact(
      ModelName name, ModelVersion version, ArtifactReference.Role role) {
    return answer(
        () -> {
          ArtifactReference reference =
              versionsOf(name).stream()
                  .filter(v -> v.version().equals(version))
                  .findFirst()
                  .flatMap(v -> v.manifest().artifact(role))
                  .orElseThrow(() -> new OperationException(Kind.NOT_FOUND, "No such file."));
          return artifact(reference.digest());
        });
  }

  @Override
  public CompletionStage<TrainingJob> startTraining(
      ModelName name, int roundsWanted, TrainingPlan plan) {
    return answer(
        () -> {
          newest(name);
          TrainingJob running = jobs.get(name);
          if (running != null && running.state() == TrainingJob.State.RUNNING) {
            throw new OperationException(Kind.CONFLICT, "The model is in training already.");
          }
          return change(
              new TrainingJob(name, plan, roundsWanted, 0, 0, TrainingJob.State.RUNNING, "", NOW));
        });
  }

  @Override
  public CompletionStage<TrainingJob> pauseTraining(ModelName name) {
    return transition(name, TrainingJob.State.RUNNING, TrainingJob.State.PAUSED);
  }

  @Override
  public CompletionStage<TrainingJob> resumeTraining(ModelName name) {
    return transition(name, TrainingJob.State.PAUSED, TrainingJob.State.RUNNING);
  }

  @Override
  public CompletionStage<Optional<TrainingJob>> training(ModelName name) {
    return answer(() -> Optional.ofNullable(jobs.get(name)));
  }

  @Override
  public CompletionStage<List<RoundRecord>> rounds(ModelName name, int before, int limit) {
    return answer(
        () ->
            rounds.getOrDefault(name, List.of()).stream()
                .filter(r -> r.number() < before)
                .sorted(Comparator.comparing(RoundRecord::number).reversed())
                .limit(limit)
                .toList());
  }

  @Override
  public CompletionStage<PrivacyReport> privacy(ModelName name) {
    return answer(
        () -> {
          newest(name);
          return new PrivacyReport(
              name,
              accounts.getOrDefault(name, PrivacyAccount.empty()),
              Optional.ofNullable(jobs.get(name))
                  .map(job -> new PrivacyReport.NextRound(job.plan(), cost(job.plan()))),
              agents.size());
        });
  }

  @Override
  public CompletionStage<PrivacyReport> setPrivacyBudget(ModelName name, ModelBudget budget) {
    synchronized (this) {
      PrivacyAccount before = accounts.getOrDefault(name, PrivacyAccount.empty());
      accounts.put(
          name,
          new PrivacyAccount(Optional.of(budget), before.ledger(), before.roundsWithoutNoise()));
    }
    return privacy(name);
  }

  /** Counts a round. */
  synchronized void charge(ModelName name, Optional<RoundCost> cost) {
    accounts.merge(name, PrivacyAccount.empty().with(cost), (before, first) -> before.with(cost));
  }

  private static Optional<RoundCost> cost(TrainingPlan plan) {
    return plan.privacy().map(privacy -> new RoundCost(privacy.noiseMultiplier(), 0.5, 0));
  }

  @Override
  public CompletionStage<List<AgentRecord>> agents() {
    return answer(() -> List.copyOf(agents));
  }

  @Override
  public synchronized AutoCloseable watch(ModelName name, Consumer<TrainingEvent> listener) {
    watchers.computeIfAbsent(name, m -> new CopyOnWriteArrayList<>()).add(listener);
    subscribed.complete(null);
    return () -> {
      synchronized (this) {
        watchers.getOrDefault(name, new ArrayList<>()).remove(listener);
        unsubscribed.complete(null);
      }
    };
  }

  @Override
  public List<String> obstacles() {
    return List.copyOf(obstacles);
  }

  private CompletionStage<TrainingJob> transition(
      ModelName name, TrainingJob.State from, TrainingJob.State to) {
    return answer(
        () -> {
          TrainingJob job = jobs.get(name);
          if (job == null) {
            throw new OperationException(Kind.NOT_FOUND, "There is no training of " + name + ".");
          }
          if (job.state() != from) {
            throw new OperationException(Kind.CONFLICT, "The training is " + job.state() + ".");
          }
          return change(
              new TrainingJob(
                  name,
                  job.plan(),
                  job.roundsWanted(),
                  job.roundsCommitted(),
                  job.roundsFailed(),
                  to,
                  "",
                  job.startedAt()));
        });
  }

  private TrainingJob change(TrainingJob job) {
    jobs.put(job.model(), job);
    tell(job.model(), new TrainingEvent.OfJob(job));
    return job;
  }

  private void tell(ModelName name, TrainingEvent event) {
    List<Consumer<TrainingEvent>> listeners;
    synchronized (this) {
      listeners = List.copyOf(watchers.getOrDefault(name, List.of()));
    }
    listeners.forEach(listener -> listener.accept(event));
  }

  private List<VersionRecord> versionsOf(ModelName name) {
    return versions.computeIfAbsent(name, n -> new ArrayList<>());
  }

  private VersionRecord newest(ModelName name) throws OperationException {
    List<VersionRecord> all = versionsOf(name);
    if (all.isEmpty()) {
      throw new OperationException(Kind.NOT_FOUND, "There is no model " + name + ".");
    }
    return all.get(all.size() - 1);
  }

  private ArtifactReference keep(ArtifactReference.Role role, byte[] content) {
    Sha256 digest = Sha256.of(content);
    artifacts.put(digest, content.clone());
    return new ArtifactReference(role, digest, content.length, Limits.CHUNK_CONTENT_BYTES);
  }

  /** Answers on another thread, as the coordinator does. */
  private <T> CompletionStage<T> answer(Callable<T> operation) {
    synchronized (this) {
      if (silent) {
        return new CompletableFuture<>();
      }
    }
    return CompletableFuture.supplyAsync(() -> attempt(operation)).thenCompose(stage -> stage);
  }

  private synchronized <T> CompletionStage<T> attempt(Callable<T> operation) {
    if (failure != null) {
      return CompletableFuture.failedStage(failure);
    }
    try {
      return CompletableFuture.completedStage(operation.call());
    } catch (Exception e) {
      return CompletableFuture.failedStage(e);
    }
  }
}
