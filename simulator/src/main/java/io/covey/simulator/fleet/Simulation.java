package io.covey.simulator.fleet;

import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.coordinator.training.TrainingJob;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.simulator.clock.Seeds;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitExamples;
import io.covey.simulator.data.DigitsCsv;
import io.covey.simulator.data.HeldOutSplit;
import io.covey.simulator.demo.DemoModel;
import io.covey.simulator.network.HostileBroker;
import io.covey.simulator.network.SeededForgeries;
import io.covey.simulator.network.WireTap;
import io.covey.simulator.report.SimulationReport;
import io.covey.simulator.scenario.Scenario;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One run of a scenario: the coordinator and the agents that also run in earnest, over an in-memory
 * network, under virtual time. The same scenario and seed give the same report to the last bit.
 *
 * <p>Thread rule: the thread that makes it.
 */
public final class Simulation implements AutoCloseable {
  /** A broker that crashes does so within this time of the first invitation. */
  private static final Duration BROKER_CRASH = Duration.ofSeconds(2);

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final ModelName MODEL = new ModelName(DemoModel.NAME);

  /** Devices are switched on within this time. */
  private static final Duration SWITCH_ON = Duration.ofSeconds(5);

  /** How long the fleet may take to fetch the first version, and at the end the last. */
  private static final Duration SETTLING = Duration.ofMinutes(5);

  /** Between two looks at the whole fleet. */
  private static final Duration LOOKING = Duration.ofMillis(100);

  /** Events that wait for each device, at most; more mean that something piles up. */
  private static final int PENDING_PER_DEVICE = 2_000;

  private final Scenario scenario;
  private final Consumer<RoundRecord> progress;
  private final SharedModels models = new SharedModels(ModelRuntime.tensorFlowLite());
  private final SimulatedWorld world;
  private final HeldOutSplit digits;
  private final FaultCounts faults = new FaultCounts();
  private final WireTap tap;
  private final List<SimulatedDevice> devices = new ArrayList<>();
  private final SimulatedCoordinator coordinator;
  private final Invariants invariants;
  private final Set<Integer> restartsToCome;
  private final Set<Integer> brokerCrashesToCome;
  private final Random brokerCrashes;
  private TrainingJob.State jobState = TrainingJob.State.RUNNING;
  private boolean coordinatorRuns;

  private Simulation(Scenario scenario, Consumer<RoundRecord> progress) {
    this.scenario = scenario;
    this.progress = progress;
    Seeds seeds = new Seeds(scenario.seed());
    VirtualTime time = new VirtualTime(START);
    FleetId fleet = new FleetId("simulated");
    this.world =
        new SimulatedWorld(
            fleet,
            time,
            new InMemoryNetwork(time, seeds.of("network"), scenario.network().faults()),
            models,
            seeds,
            TrialAuthority.insecureSeeded(fleet, new Ed25519(), seeds.of("authority")),
            new HostileBroker(),
            new Hearsay(this::check));
    this.tap = new WireTap(fleet);
    world.network().observe(m -> tap.observe(m.publication().topic(), m.publication().payload()));
    this.digits =
        HeldOutSplit.stratified(
            DigitsCsv.all(), scenario.data().heldOut(), seeds.of("held-out split"));
    this.coordinator = new SimulatedCoordinator(world, this::trainingChanged);
    this.invariants =
        new Invariants(
            new Invariants.Trained(MODEL, scenario.plan().plan()),
            devices,
            coordinator.stores().models(),
            world.topics());
    world.network().observe(seen -> invariants.published(seen.publication()));
    this.restartsToCome = new HashSet<>(scenario.coordinator().restartsDuringRounds());
    this.brokerCrashesToCome = new HashSet<>(scenario.network().brokerCrashesDuringRounds());
    this.brokerCrashes = new Random(seeds.of("broker crashes"));
    makeDevices();
    if (scenario.network().forgery() > 0) {
      SeededForgeries forgeries =
          new SeededForgeries(seeds.of("forgeries"), scenario.network().forgery());
      world.broker().follow(forgeries);
      faults.countForgeries(forgeries::made);
    }
  }

  /** The invariants are made after those who are checked. */
  private void check(String name, boolean holds, Supplier<String> whatHappened) {
    invariants.check(name, holds, whatHappened);
  }

  /**
   * Runs a scenario to its end.
   *
   * @param progress told of every round that ends
   * @throws InvariantViolation when something happens that must never happen
   * @throws IllegalArgumentException when the scenario has more agents than the data allow
   */
  public static SimulationReport run(Scenario scenario, Consumer<RoundRecord> progress) {
    try (Simulation simulation = new Simulation(scenario, progress)) {
      return simulation.run();
    }
  }

  private SimulationReport run() {
    startEverything();
    VersionRecord first = register();
    invariants.registered(first);
    awaitNewestServed();
    boolean startable = await(() -> coordinatorRuns, SETTLING);
    if (startable) {
      get(coordinator.operations().startTraining(MODEL, scenario.rounds(), scenario.plan().plan()));
    }
    boolean ended = await(() -> jobState != TrainingJob.State.RUNNING, untilLimit());
    SimulationReport.Outcome outcome = outcome(ended);
    awaitNewestServed();
    return report(first, outcome);
  }

  private void makeDevices() {
    List<List<Digit>> shards =
        scenario
            .data()
            .dataSplit()
            .shards(digits.training(), scenario.agents(), world.seeds().of("shards"));
    for (int i = 0; i < shards.size(); i++) {
      devices.add(
          new SimulatedDevice(
              world, i + 1, DigitExamples.of(shards.get(i)), scenario.devices(), faults));
    }
  }

  private void startEverything() {
    startCoordinator();
    long spread = SWITCH_ON.toNanos() / devices.size();
    for (int i = 0; i < devices.size(); i++) {
      SimulatedDevice device = devices.get(i);
      world.time().schedule(Duration.ofNanos(i * spread), device::start);
      scenario.devices().absence().ifPresent(device::beginAbsences);
    }
  }

  private VersionRecord register() {
    var operations = coordinator.operations();
    get(
        operations.registerModel(
            MODEL, DemoModel.DESCRIPTION, DemoModel.graph(), Optional.empty()));
    byte[] csv = DigitsCsv.write(digits.heldOut()).getBytes(StandardCharsets.UTF_8);
    LabelColumn label = new LabelColumn(DigitsCsv.LABEL_COLUMN, LabelKind.NUMBERS);
    return get(operations.setEvaluationData(MODEL, csv, label, Digit.SCALE));
  }

  private void startCoordinator() {
    coordinator.start();
    coordinatorRuns = true;
  }

  /** Heard from within the coordinator. */
  private void trainingChanged(TrainingEvent event) {
    if (event instanceof TrainingEvent.OfRound ofRound) {
      RoundRecord round = ofRound.round();
      invariants.roundChanged(round);
      if (round.state() != RoundRecord.State.RUNNING) {
        progress.accept(round);
      } else if (round.cohort() > 0 && brokerCrashesToCome.remove(round.number())) {
        crashBroker();
      } else if (round.reported() > 0 && restartsToCome.remove(round.number())) {
        world.time().execute(this::restartCoordinator);
      }
    } else if (event instanceof TrainingEvent.OfJob ofJob) {
      jobState = ofJob.job().state();
    }
  }

  /** At a random moment, so that over some rounds every step of one is hit. */
  private void crashBroker() {
    Duration when =
        Duration.ofNanos((long) (brokerCrashes.nextDouble() * (double) BROKER_CRASH.toNanos()));
    world
        .time()
        .schedule(
            when,
            () -> {
              faults.brokerCrashed();
              world.network().stopBrokerLosingState(scenario.network().brokerDowntime());
            });
  }

  private void restartCoordinator() {
    faults.coordinatorRestarted();
    coordinatorRuns = false;
    coordinator.kill();
    invariants.coordinatorKilled();
    world.time().schedule(scenario.coordinator().downtime(), this::startCoordinator);
  }

  /** Runs until the condition holds, checking the invariants after every event. */
  private boolean await(BooleanSupplier condition, Duration limit) {
    return world
        .time()
        .runUntil(
            () -> {
              checkInvariants();
              return condition.getAsBoolean();
            },
            limit);
  }

  /** Waits until every device serves the newest version, or no longer. */
  private void awaitNewestServed() {
    Instant[] lookedAt = {Instant.MIN};
    await(
        () -> {
          // Looking at all devices after each of thousands of events would take most of the time.
          boolean due = world.time().now().isAfter(lookedAt[0].plus(LOOKING));
          if (due) {
            lookedAt[0] = world.time().now();
          }
          return due && servingNewest() == devices.size();
        },
        SETTLING);
  }

  private <T> T get(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    if (!await(future::isDone, SETTLING)) {
      throw violation("the coordinator did not answer within " + SETTLING);
    }
    return future.join();
  }

  private void checkInvariants() {
    invariants.eventHandled();
    Optional<String> violated = invariants.violation();
    if (violated.isPresent()) {
      throw violation(violated.get());
    }
    int pending = world.time().pending();
    if (pending > PENDING_PER_DEVICE * (devices.size() + 1)) {
      throw violation("nothingPilesUp does not hold: " + pending + " events are waiting");
    }
  }

  private InvariantViolation violation(String what) {
    return new InvariantViolation(what, scenario.seed(), elapsed());
  }

  private Duration elapsed() {
    return Duration.between(START, world.time().now());
  }

  private Duration untilLimit() {
    Duration left = scenario.limit().minus(elapsed());
    return left.isNegative() ? Duration.ZERO : left;
  }

  private SimulationReport.Outcome outcome(boolean ended) {
    if (!ended) {
      return SimulationReport.Outcome.LIMIT_REACHED;
    }
    return jobState == TrainingJob.State.COMPLETED
        ? SimulationReport.Outcome.COMPLETED
        : SimulationReport.Outcome.STOPPED;
  }

  private int servingNewest() {
    int newest = invariants.newestVersion();
    return (int)
        devices.stream()
            .map(device -> device.servedVersions().get(MODEL))
            .filter(version -> version != null && version.number() == newest)
            .count();
  }

  private SimulationReport report(VersionRecord first, SimulationReport.Outcome outcome) {
    List<RoundRecord> rounds =
        new ArrayList<>(
            coordinator.stores().rounds().rounds(MODEL, Integer.MAX_VALUE, Integer.MAX_VALUE));
    rounds.sort(Comparator.comparingInt(RoundRecord::number));
    return new SimulationReport(
        scenario,
        outcome,
        rounds,
        first.evaluation().map(e -> e.accuracy()).orElse(Double.NaN),
        START,
        elapsed(),
        servingNewest(),
        world.network().counters(),
        tap.findings(modelFiles()),
        new TreeMap<>(faults.toMap()),
        new TreeMap<>(invariants.checks()));
  }

  /** Every plain file of every version that agents were told of. */
  private List<byte[]> modelFiles() {
    return coordinator.stores().models().versions(MODEL).stream()
        .flatMap(version -> version.told().stream())
        .map(artifact -> coordinator.stores().artifacts().get(artifact.digest()))
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public void close() {
    devices.forEach(SimulatedDevice::close);
    world.time().runFor(Duration.ofSeconds(1));
    coordinator.close();
    models.close();
  }
}
