package io.covey.coordinator.training;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.privacy.ModelBudget;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.PlainModel;
import io.covey.coordinator.registry.ServingReport;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseDesk;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.round.RefusalReason;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.crypto.release.Audience;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.time.Workload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All models' training and releases. Thread rule: the owner's scheduler only. */
final class Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  private final TrainingServices services;
  private final ModelStore models;
  private final ModelCatalog catalog;
  private final Publisher publisher;
  private final ReleaseDesk releases;
  private final ReleaseOrders orders;
  private final PrivacyDesk privacy;
  private final Watchers watchers = new Watchers();
  private final Map<ModelName, JobRunner> jobs = new HashMap<>();

  /** Read by any thread. */
  private volatile List<String> obstacles = List.of("the coordinator is starting");

  Trainer(
      TrainingServices services,
      ModelStore models,
      ModelCatalog catalog,
      Publisher publisher,
      ReleaseDesk releases,
      ReleaseOrders orders) {
    this.services = services;
    this.models = models;
    this.catalog = catalog;
    this.publisher = publisher;
    this.releases = releases;
    this.orders = orders;
    this.privacy = new PrivacyDesk(services, models);
    services.fleet().addListener(this::agentChanged);
    services.fleet().addConnectListener(agent -> jobs.values().forEach(job -> job.repeat(agent)));
  }

  Watchers watchers() {
    return watchers;
  }

  List<String> obstacles() {
    return obstacles;
  }

  void setObstacles(List<String> found) {
    obstacles = List.copyOf(found);
  }

  CompletionStage<VersionRecord> register(
      ModelName name, String description, byte[] graph, Optional<byte[]> weights) {
    // Drawn here, because the generator belongs to this thread.
    SplittableRandom firstWeights = new SplittableRandom(services.random().nextLong());
    return services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.EVALUATION, 1),
            () -> catalog.register(name, description, graph, weights, firstWeights))
        .thenApply(
            first -> {
              LOG.info("registered {} version 1", name);
              release(first);
              return first;
            });
  }

  CompletionStage<VersionRecord> registerPlain(
      ModelName name, String description, PlainUpload upload) {
    return services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.EVALUATION, 1),
            () -> catalog.registerPlain(name, description, upload))
        .thenApply(
            first -> {
              LOG.info("registered the plain model {}", name);
              release(first);
              return first;
            });
  }

  CompletionStage<VersionRecord> setEvaluationData(
      ModelName name, byte[] csv, LabelColumn label, float scale) {
    return services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.EVALUATION, 1),
            () -> catalog.setEvaluationData(name, csv, label, scale))
        .thenApply(
            evaluated -> {
              JobRunner runner = jobs.get(name);
              if (runner != null) {
                runner.replaceNewest(evaluated);
              }
              return evaluated;
            });
  }

  CompletionStage<VersionRecord> rollBack(ModelName name, ModelVersion version) {
    JobRunner runner = jobs.get(name);
    if (runner != null && runner.isBusy()) {
      return refused(
          OperationException.Kind.CONFLICT,
          name + " is being trained: pause its training, and wait for the round that runs to end");
    }
    return services
        .writes()
        .write(() -> orders.restore(name, version))
        .thenApply(
            restored -> {
              LOG.warn(
                  "{} goes back on purpose: version {} has the files of version {}",
                  name,
                  restored.version(),
                  version);
              JobRunner now = jobs.get(name);
              if (now != null) {
                now.goOnFrom(restored);
              }
              release(restored);
              return restored;
            });
  }

  CompletionStage<ReleaseRecord> releaseAgain(ModelName name, ModelVersion version) {
    if (!releases.isActive()) {
      return refused(
          OperationException.Kind.CONFLICT,
          "releases are not signed here, so that agents would not heed one more");
    }
    return services
        .writes()
        .write(() -> orders.again(name, version))
        .thenCompose(
            release -> {
              LOG.info("{} version {} is released once more", name, version);
              return releases.refresh().thenApply(made -> release);
            });
  }

  CompletionStage<Audience> setAudience(ModelName name, Audience audience) {
    if (!releases.isActive()) {
      return refused(
          OperationException.Kind.CONFLICT,
          "releases are not signed here, so that agents would not heed whom they are for");
    }
    return releases
        .setAudience(name, audience)
        .handle(
            (done, failure) -> {
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              if (cause instanceof IllegalArgumentException) {
                throw new CompletionException(
                    new OperationException(
                        OperationException.Kind.CONFLICT, String.valueOf(cause.getMessage())));
              }
              if (cause != null) {
                throw new CompletionException(cause);
              }
              LOG.info("releases of {} are for {}", name, audience.description());
              return audience;
            });
  }

  CompletionStage<TrainingJob> start(ModelName name, int rounds, TrainingPlan plan) {
    JobRunner existing = jobs.get(name);
    if (existing != null && existing.job().state() == TrainingJob.State.RUNNING) {
      return refused(OperationException.Kind.CONFLICT, name + " is being trained already");
    }
    if (rounds < 1 || rounds > 1_000_000) {
      return refused(OperationException.Kind.INVALID, rounds + " rounds, expected 1 to 1000000");
    }
    TrainingJob job =
        new TrainingJob(
            name, plan, rounds, 0, 0, TrainingJob.State.RUNNING, "", services.scheduler().now());
    return startOf(name)
        .thenCompose(start -> requireTerms(start, plan))
        .thenCompose(start -> privacy.check(start.newest(), plan).thenApply(allowed -> start))
        .thenCompose(this::withoutClipNorm)
        .thenCompose(start -> begin(job, start));
  }

  /** Refuses what the model's own step would have to do and does not. */
  private static CompletionStage<Start> requireTerms(Start start, TrainingPlan plan) {
    boolean lacksProximal =
        start.plain().filter(plain -> !plain.task().steps().proximal()).isPresent();
    if (lacksProximal && plan.training().proximalMu() > 0) {
      return CompletableFuture.failedFuture(
          new OperationException(
              OperationException.Kind.INVALID,
              "proximalMu is "
                  + plan.training().proximalMu()
                  + ", but the model's task says that its steps have no proximal term; leave it at"
                  + " 0, or upload the model with steps.proximal"));
    }
    return CompletableFuture.completedFuture(start);
  }

  /** A new training begins at its plan's clip norm, also when it is interrupted at once. */
  private CompletionStage<Start> withoutClipNorm(Start start) {
    return services
        .writes()
        .write(
            () -> {
              if (start.clipNorm().isPresent()) {
                services.privacy().setClipNorm(start.newest().model(), Optional.empty());
              }
              return new Start(
                  start.newest(), start.roundNumber(), Optional.empty(), start.plain());
            });
  }

  /** Goes on with a job that a restart interrupted. */
  CompletionStage<TrainingJob> begin(TrainingJob job) {
    return startOf(job.model()).thenCompose(start -> begin(job, start));
  }

  private CompletionStage<Start> startOf(ModelName name) {
    return services
        .scheduler()
        .offload(
            new Workload(Workload.Kind.STORAGE, 1),
            () ->
                new Start(
                    models
                        .newest(name)
                        .orElseThrow(
                            () ->
                                new OperationException(
                                    OperationException.Kind.NOT_FOUND,
                                    "there is no model named " + name)),
                    services.rounds().newestNumber(name),
                    services.privacy().clipNorm(name),
                    models.model(name).flatMap(ModelRecord::plain)));
  }

  private CompletionStage<TrainingJob> begin(TrainingJob job, Start start) {
    ModelName name = job.model();
    JobRunner other = jobs.get(name);
    if (other != null && other.isBusy()) {
      return refused(OperationException.Kind.CONFLICT, name + " is being trained already");
    }
    JobRunner runner =
        new JobRunner(
            services,
            job,
            new JobRunner.Progress(start.newest(), start.roundNumber(), start.clipNorm()),
            event -> watchers.tell(name, event),
            this::release);
    jobs.put(name, runner);
    if (job.state() == TrainingJob.State.RUNNING) {
      runner.run();
    }
    return CompletableFuture.completedFuture(runner.job());
  }

  private record Start(
      VersionRecord newest,
      int roundNumber,
      Optional<Float> clipNorm,
      Optional<PlainModel> plain) {}

  CompletionStage<PrivacyReport> privacy(ModelName name) {
    return privacy.report(name, job(name).map(TrainingJob::plan));
  }

  CompletionStage<PrivacyReport> setPrivacyBudget(ModelName name, ModelBudget budget) {
    return privacy.setBudget(name, budget).thenCompose(set -> privacy(name));
  }

  CompletionStage<TrainingJob> pause(ModelName name) {
    JobRunner runner = jobs.get(name);
    if (runner == null) {
      return refused(OperationException.Kind.NOT_FOUND, name + " is not being trained");
    }
    if (runner.job().state() == TrainingJob.State.RUNNING) {
      runner.pause();
    }
    return CompletableFuture.completedFuture(runner.job());
  }

  CompletionStage<TrainingJob> resume(ModelName name) {
    JobRunner runner = jobs.get(name);
    if (runner == null) {
      return refused(OperationException.Kind.NOT_FOUND, name + " is not being trained");
    }
    switch (runner.job().state()) {
      case RUNNING -> {}
      case PAUSED, STOPPED -> runner.run();
      case COMPLETED -> {
        return refused(
            OperationException.Kind.CONFLICT, "the training of " + name + " is complete");
      }
    }
    return CompletableFuture.completedFuture(runner.job());
  }

  Optional<TrainingJob> job(ModelName name) {
    return Optional.ofNullable(jobs.get(name)).map(JobRunner::job);
  }

  List<AgentRecord> agents() {
    return services.fleet().agents();
  }

  void received(AgentId agent, RoundMessage message, int bytes) {
    ownerOf(message.round())
        .ifPresentOrElse(
            runner -> runner.received(agent, message, bytes),
            () -> services.refusals().add(RefusalReason.UNKNOWN_ROUND));
  }

  /** Publishes what is newest of every model; at a start. */
  void publishKnown(VersionRecord newest) {
    var unused = publisher.publish(newest.manifest());
  }

  void brokerForgot() {
    publisher.republish();
    releases.republish();
    services.fleet().republishDesired();
    jobs.values().forEach(JobRunner::repeatToAll);
  }

  private Optional<JobRunner> ownerOf(RoundId round) {
    return jobs.values().stream().filter(runner -> runner.owns(round)).findFirst();
  }

  private void agentChanged(AgentId agent, boolean online) {
    jobs.values().forEach(runner -> runner.agentChanged(agent, online));
  }

  private void release(VersionRecord version) {
    var unused =
        publisher
            .publish(version.manifest())
            .thenCompose(published -> releases.refresh())
            // Else agents would hear of a version before they can know that it is released.
            .thenCompose(made -> releases.delivered())
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    LOG.error(
                        "version {} of {} could not be published",
                        version.version(),
                        version.model(),
                        failure);
                  } else if (version.isReleased()) {
                    services.fleet().setDesired(version.manifest());
                  } else {
                    LOG.warn(
                        "version {} of {} is not released, agents keep the one before: {}",
                        version.version(),
                        version.model(),
                        version.serving().map(ServingReport::reason).orElse(""));
                  }
                });
  }

  private static <T> CompletionStage<T> refused(OperationException.Kind kind, String message) {
    return CompletableFuture.failedFuture(new OperationException(kind, message));
  }
}
