package io.covey.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.training.TrainingEvent;
import io.covey.coordinator.training.TrainingJob;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.InboundMessage;
import io.covey.protocols.transport.NetworkFaults;
import io.covey.simulator.clock.Seeds;
import io.covey.simulator.data.Digit;
import io.covey.simulator.data.DigitExamples;
import io.covey.simulator.data.DigitsCsv;
import io.covey.simulator.data.HeldOutSplit;
import io.covey.simulator.demo.DemoModel;
import io.covey.simulator.network.HostileBroker;
import io.covey.simulator.scenario.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A real coordinator and four real agents, with a broker between them that may do anything. */
final class HostileFleet implements AutoCloseable {
  static final int AGENTS = 4;
  static final ModelName MODEL = new ModelName(DemoModel.NAME);
  private static final FleetId FLEET = new FleetId("simulated");
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  final VirtualTime time = new VirtualTime(Instant.parse("2026-01-01T00:00:00Z"));
  final HostileBroker broker = new HostileBroker();
  final Topics topics = new Topics(FLEET);
  final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);
  final List<SimulatedDevice> devices = new ArrayList<>();
  final List<String> violations = new ArrayList<>();

  /** What passed through the broker, to each client. */
  final List<Passed> passed = new ArrayList<>();

  final SimulatedCoordinator coordinator;
  private final SharedModels models = new SharedModels(ModelRuntime.tensorFlowLite());
  private final Scenario scenario =
      SettingsLoader.load(
              Scenario.class,
              Sources.none()
                  .withSet("plan.cohort-size", Integer.toString(AGENTS))
                  .withSet("plan.minimum-reports", "3"))
          .value();
  private final List<RoundRecord> rounds = new ArrayList<>();
  private TrainingJob.State job = TrainingJob.State.COMPLETED;

  /** One message to one client. */
  record Passed(String clientId, String topic, ByteString payload) {}

  HostileFleet() {
    SimulatedWorld world =
        new SimulatedWorld(
            FLEET,
            time,
            new InMemoryNetwork(time, 1, NetworkFaults.NONE),
            models,
            new Seeds(1),
            authority,
            broker,
            new Hearsay(
                (name, holds, whatHappened) -> {
                  if (!holds) {
                    violations.add(name + ": " + whatHappened.get());
                  }
                }));
    coordinator = new SimulatedCoordinator(world, this::trainingChanged);
    follow(HostileBroker.Plan.HONEST);
    coordinator.start();
    List<Digit> digits = HeldOutSplit.stratified(DigitsCsv.all(), 0.2, 1).training();
    for (int i = 0; i < AGENTS; i++) {
      List<Digit> own = digits.subList(100 * i, 100 * (i + 1));
      devices.add(
          new SimulatedDevice(
              world, i + 1, DigitExamples.of(own), scenario.devices(), new FaultCounts()));
    }
    devices.forEach(SimulatedDevice::start);
    register();
  }

  private void register() {
    done(
        coordinator
            .operations()
            .registerModel(MODEL, DemoModel.DESCRIPTION, DemoModel.graph(), Optional.empty()));
    assertThat(time.runUntil(() -> served() == 1, PATIENCE)).isTrue();
  }

  /** What the broker does from now on; what passes is noted. */
  void follow(HostileBroker.Plan plan) {
    broker.follow(
        (clientId, genuine) -> {
          passed.add(new Passed(clientId, genuine.topic(), genuine.payload()));
          return plan.deliver(clientId, genuine);
        });
  }

  /** One round with everybody. */
  RoundRecord train() {
    job = TrainingJob.State.RUNNING;
    done(coordinator.operations().startTraining(MODEL, 1, scenario.plan().plan()));
    assertThat(time.runUntil(() -> job != TrainingJob.State.RUNNING, PATIENCE)).isTrue();
    int newest = newest().version().number();
    assertThat(time.runUntil(() -> served() == newest, PATIENCE)).as("all serve it").isTrue();
    assertThat(violations).isEmpty();
    return rounds.get(rounds.size() - 1);
  }

  private void trainingChanged(TrainingEvent event) {
    if (event instanceof TrainingEvent.OfRound of
        && of.round().state() != RoundRecord.State.RUNNING) {
      rounds.add(of.round());
    } else if (event instanceof TrainingEvent.OfJob of) {
      job = of.job().state();
    }
  }

  VersionRecord newest() {
    return coordinator.stores().models().newest(MODEL).orElseThrow();
  }

  Sha256 weights() {
    return newest().manifest().artifact(ArtifactReference.Role.WEIGHTS).orElseThrow().digest();
  }

  /** The version that all devices serve; 0 when there is no such. */
  int served() {
    List<Integer> versions =
        devices.stream()
            .flatMap(device -> Optional.ofNullable(device.servedVersions().get(MODEL)).stream())
            .map(version -> version.number())
            .toList();
    boolean same = versions.size() == AGENTS && versions.stream().distinct().count() == 1;
    return same ? versions.get(0) : 0;
  }

  long refused(DecodeException.Kind kind) {
    return coordinator.refused().count(kind);
  }

  long refusedByAgents() {
    return devices.stream().mapToLong(SimulatedDevice::messagesRefused).sum();
  }

  void run(Duration duration) {
    time.runFor(duration);
  }

  static boolean toCoordinator(String clientId) {
    return clientId.equals(SimulatedCoordinator.CLIENT_ID);
  }

  /** Says again what passed before some moment. */
  void replay(List<Passed> old) {
    old.forEach(message -> broker.inject(message.clientId(), message.topic(), message.payload()));
    run(Duration.ofSeconds(1));
  }

  /** A message beside the genuine one. */
  static List<InboundMessage> beside(InboundMessage genuine, String topic, ByteString payload) {
    return List.of(HostileBroker.forged(topic, payload), genuine);
  }

  private <T> T done(CompletionStage<T> stage) {
    var future = stage.toCompletableFuture();
    assertThat(time.runUntil(future::isDone, PATIENCE)).isTrue();
    return future.join();
  }

  @Override
  public void close() {
    devices.forEach(SimulatedDevice::close);
    run(Duration.ofSeconds(1));
    coordinator.close();
    models.close();
  }
}
