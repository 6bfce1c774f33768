package io.covey.coordinator.training;

import io.covey.coordinator.delivery.BlockServer;
import io.covey.coordinator.fleet.AgentMessages;
import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.fleet.AgentStore;
import io.covey.coordinator.fleet.Fleet;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.coordinator.fleet.FleetTotals;
import io.covey.coordinator.privacy.PrivacyStore;
import io.covey.coordinator.registry.ArtifactStore;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseDesk;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.release.ReleaseStore;
import io.covey.coordinator.release.RevocationNotice;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundStore;
import io.covey.coordinator.sealing.FleetKeys;
import io.covey.coordinator.sealing.KeyStore;
import io.covey.coordinator.sealing.ModelProtection;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator without its adapters: the same object runs on an event loop with MQTT and a
 * database, and under virtual time in a simulation.
 *
 * <p>Thread rule: everything runs on the scheduler it is given; {@link #operations} may be called
 * from any thread.
 */
public final class CoordinatorCore {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorCore.class);

  /** Where everything is kept. */
  public record Stores(
      ModelStore models,
      ArtifactStore artifacts,
      AgentStore agents,
      RoundStore rounds,
      JobStore jobs,
      CommitStore commits,
      PrivacyStore privacy,
      KeyStore keys,
      ReleaseStore releases) {}

  private final Scheduler scheduler;
  private final Stores stores;
  private final Fleet fleet;
  private final ReleaseDesk releases;
  private final RevocationNotice revocations;
  private final Trainer trainer;
  private final RefusalCounts refusals = new RefusalCounts();
  private final OperatorDesk desk;
  private final Inbox inbox;
  private final ModelProtection protection;
  private final BlockServer blocks;

  /**
   * @param link to the agents; models go out sealed, with their keys
   * @param random draws cohorts, first weights and round ids; used by one thread at a time
   * @param authority whose rounds participants take part in
   */
  public CoordinatorCore(
      Scheduler scheduler,
      RandomGenerator random,
      FleetMessenger link,
      ModelRuntime runtime,
      Stores stores,
      SessionAuthority authority,
      RoundLimits limits) {
    this.scheduler = scheduler;
    this.stores = stores;
    this.protection =
        new ModelProtection(
            scheduler,
            link,
            new ModelProtection.Stores(stores.models(), stores.artifacts(), stores.keys()),
            authority.protection());
    FleetMessenger messenger = protection.messenger();
    this.fleet = new Fleet(scheduler, messenger, stores.agents());
    HeldOutEvaluator evaluator = new HeldOutEvaluator(runtime, stores.artifacts(), stores.models());
    ArtifactFiles files = new ArtifactFiles(stores.artifacts(), protection.sealer());
    VersionMaker versions =
        new VersionMaker(
            files,
            stores.models(),
            evaluator,
            new PlainVersions(files, runtime),
            new SampleMaker(runtime),
            scheduler::now);
    TrainingServices services =
        new TrainingServices(
            scheduler,
            random,
            fleet,
            messenger,
            stores.rounds(),
            stores.jobs(),
            stores.commits(),
            stores.privacy(),
            new RoundPricing(fleet),
            versions,
            authority,
            new RoundOrders(authority, random, limits.inFlightBytes()),
            limits,
            refusals,
            new OrderedWrites(scheduler));
    this.releases =
        new ReleaseDesk(
            scheduler,
            messenger,
            stores.releases(),
            stores.models(),
            authority.identity().releases(),
            limits.releases());
    ModelCatalog catalog =
        new ModelCatalog(
            runtime,
            stores.models(),
            files,
            evaluator,
            releases.room(),
            scheduler::now,
            limits.maximumModelBytes());
    this.blocks = new BlockServer(scheduler, messenger, stores.artifacts(), limits.delivery());
    Publisher publisher =
        new Publisher(
            scheduler,
            messenger,
            stores.artifacts(),
            blocks,
            new Publisher.Terms(limits.publishedVersions(), limits.delivery().mode()));
    this.revocations = new RevocationNotice(scheduler, messenger, authority.revocations());
    this.trainer =
        new Trainer(
            services,
            stores.models(),
            catalog,
            publisher,
            releases,
            new ReleaseOrders(
                stores.models(), stores.releases(), protection::recalled, scheduler::now));
    this.desk =
        new OperatorDesk(
            scheduler,
            trainer,
            new OperatorStores(
                stores.models(), stores.artifacts(), stores.rounds(), stores.releases()));
    Runnable part = () -> fleet.partWith(agent -> !authority.isMember(agent));
    authority.revocations().whenTaken(() -> scheduler.execute(part));
    // Again then: what was verified just before the revocation has been taken in by now.
    protection
        .keys()
        .whenEpochBegins(
            () -> {
              part.run();
              fleet.republishDesired();
            });
    this.inbox =
        new Inbox(fleet, trainer, new Inbox.Services(protection.keys(), blocks, revocations));
  }

  /**
   * Takes up what an earlier run left: rounds that it did not end fail with COORDINATOR_RESTARTED,
   * the newest versions are published again (also ones that were not released, which training goes
   * on from), and jobs go on. Connect to the broker when the stage completes.
   */
  public CompletionStage<Void> start() {
    return scheduler
        .offload(new Workload(Workload.Kind.STORAGE, 1), this::load)
        .thenCompose(state -> releases.start().thenApply(done -> state))
        .thenAccept(
            state -> {
              revocations.start();
              fleet.restore(
                  state.agents(), state.released().stream().map(VersionRecord::manifest).toList());
              state.released().forEach(trainer::publishKnown);
              state.unreleased().forEach(trainer::publishKnown);
              if (state.interrupted() > 0) {
                LOG.warn(
                    "{} rounds were running when the coordinator stopped; they failed",
                    state.interrupted());
              }
              for (TrainingJob job : state.jobs()) {
                var unused = trainer.begin(job);
              }
            });
  }

  private record Saved(
      List<AgentRecord> agents,
      List<VersionRecord> released,
      List<VersionRecord> unreleased,
      List<TrainingJob> jobs,
      int interrupted) {}

  private Saved load() {
    int interrupted =
        stores.rounds().failRunning(FailureReason.COORDINATOR_RESTARTED, scheduler.now());
    protection.keys().load();
    List<VersionRecord> released = new ArrayList<>();
    List<VersionRecord> unreleased = new ArrayList<>();
    for (ModelRecord model : stores.models().models()) {
      stores
          .models()
          .newestReleased(model.name())
          .map(protection::recalled)
          .ifPresent(released::add);
      Optional<VersionRecord> newest = stores.models().newest(model.name());
      newest
          .filter(version -> !version.isReleased())
          .map(protection::recalled)
          .ifPresent(unreleased::add);
    }
    return new Saved(
        stores.agents().load(), released, unreleased, stores.jobs().jobs(), interrupted);
  }

  /** A file that agents may fetch now; any thread. */
  public Optional<ArtifactReference> offered(Sha256 artifact) {
    return blocks.offered(artifact);
  }

  /** Tells agents where else files can be had; before {@link #start}, on the owner's thread. */
  public void announce(List<ArtifactUrl> urls) {
    fleet.setArtifactUrls(urls);
  }

  /** Where decoded messages of agents go. */
  public AgentMessages inbox() {
    return inbox;
  }

  /** What operators may ask. */
  public AdminOperations operations() {
    return desk;
  }

  /** Figures of the fleet; on the owner's thread. */
  public FleetTotals fleetTotals() {
    return fleet.totals();
  }

  /** Messages of rounds that changed nothing; from any thread. */
  public RefusalCounts refusals() {
    return refusals;
  }

  /** The fleet's key: its epoch, and who was refused it. */
  public FleetKeys keys() {
    return protection.keys();
  }

  /** Tells of every agent whose state has changed; the listener runs on the owner's thread. */
  public void watchAgents(Consumer<AgentRecord> listener) {
    fleet.addListener((agent, online) -> fleet.agent(agent).ifPresent(listener));
  }

  /** Tells of every release; the listener runs on the owner's thread. */
  public void watchReleases(Consumer<ReleaseRecord> listener) {
    releases.addListener(listener);
  }

  /** Tells of every job and round, of whatever model; the listener runs on the owner's thread. */
  public AutoCloseable watchAll(Consumer<TrainingEvent> listener) {
    return trainer.watchers().addForAll(listener);
  }
}
