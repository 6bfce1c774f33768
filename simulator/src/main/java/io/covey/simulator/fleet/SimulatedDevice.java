package io.covey.simulator.fleet;

import io.covey.crypto.identity.AgentIdentity;
import io.covey.edgeagent.app.AgentRandomness;
import io.covey.edgeagent.app.EdgeAgent;
import io.covey.edgeagent.examples.ExampleStore;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.time.Workload;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.Publication;
import io.covey.simulator.clock.ProcessScheduler;
import io.covey.simulator.scenario.DeviceSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One device with the agent that runs on it. The device crashes and starts again, and its network
 * comes and goes, as the scenario says. Belongs to the thread of the virtual time.
 */
final class SimulatedDevice implements CrashingTransport.Fate {
  /** A crash in the midst of an upload comes within this time of its first part. */
  private static final Duration UPLOAD = Duration.ofMillis(100);

  private final SimulatedWorld world;
  private final AgentId id;
  private final int number;
  private final ExampleStore examples;
  private final DeviceSettings settings;
  private final Duration trainingPerExample;
  private final AgentIdentity identity;
  private final SurvivingDecisions decisions = new SurvivingDecisions();
  private final Random random;
  private final FaultCounts faults;
  private @Nullable EdgeAgent agent;
  private @Nullable ProcessScheduler process;
  private @Nullable RoundId round;
  private CrashStep crashStep = CrashStep.NONE;
  private int starts;

  SimulatedDevice(
      SimulatedWorld world,
      int number,
      ExampleStore examples,
      DeviceSettings settings,
      FaultCounts faults) {
    this.world = world;
    this.number = number;
    this.id = new AgentId("agent-%03d".formatted(number));
    this.identity = world.authority().enrol(id, world.time().now().getEpochSecond());
    this.examples = examples;
    this.settings = settings;
    this.faults = faults;
    this.random = new Random(world.seeds().of("device", number));
    this.trainingPerExample = settings.trainingPerExample().draw(random);
  }

  AgentId id() {
    return id;
  }

  /** Switches the device on. */
  void start() {
    starts++;
    round = null;
    crashStep = CrashStep.NONE;
    ProcessScheduler scheduler = new ProcessScheduler(world.time().device(this::cost));
    process = scheduler;
    try {
      EdgeAgent started =
          EdgeAgent.builder(id, world.fleet())
              .transport(
                  InMemoryNetwork.settings(id.value()),
                  (transport, owner, waits) ->
                      new CrashingTransport(world.connect(transport), world.topics(), this))
              .scheduler(scheduler)
              .identity(identity)
              .decisions(decisions)
              .examples(examples)
              .runtime(world.runtime())
              .randomness(
                  AgentRandomness.insecureSeeded(
                      world.seeds().of("start " + starts + " of agent", number)))
              .softwareVersion("simulated")
              .build();
      agent = started;
      started.start();
    } catch (IOException e) {
      throw new UncheckedIOException("an agent without a data directory needs no disk", e);
    }
  }

  /** Lets the network of the device come and go from now on. */
  void beginAbsences(DeviceSettings.Absence absence) {
    world.time().schedule(exponential(absence.meanOnline()), () -> leave(absence));
  }

  /** The versions that the device serves; empty while it is off. */
  Map<ModelName, ModelVersion> servedVersions() {
    return agent == null ? Map.of() : agent.servedVersions();
  }

  /** Messages that the agent which runs has refused. */
  long messagesRefused() {
    return agent == null ? 0 : agent.counters().messagesRefused();
  }

  /** How often the device has been switched on. */
  int starts() {
    return starts;
  }

  boolean isConnected() {
    return agent != null && agent.connected();
  }

  /** Releases what the agent holds, at the end of the simulation. */
  void close() {
    if (agent != null) {
      agent.abort();
    }
  }

  @Override
  public boolean invited(RoundId invitation) {
    if (process == null) {
      return true;
    }
    if (!invitation.equals(round)) {
      round = invitation;
      crashStep = CrashStep.draw(settings.drops(), random);
    }
    return crashStep == CrashStep.BEFORE_TRAINING && crash();
  }

  @Override
  public boolean saying(RoundId said, RoundStep step) {
    return process == null
        || (CrashStep.before(step).equals(Optional.of(crashStep)) && said.equals(round) && crash());
  }

  @Override
  public void publishing(Publication publication) {
    world.hearsay().said(id, publication.payload());
  }

  @Override
  public void reported(RoundId reported) {
    if (crashStep == CrashStep.MID_UPLOAD && reported.equals(round)) {
      crashStep = CrashStep.NONE;
      crashLater(CrashStep.MID_UPLOAD, UPLOAD);
    }
  }

  /** What a piece of the agent's work costs on this device. */
  private Duration cost(Workload load) {
    if (load.kind() != Workload.Kind.TRAINING) {
      return Duration.ZERO;
    }
    Duration training = trainingPerExample.multipliedBy(load.units());
    if (crashStep == CrashStep.DURING_TRAINING) {
      crashStep = CrashStep.NONE;
      crashLater(CrashStep.DURING_TRAINING, training);
    }
    return training;
  }

  /** Crashes at a random moment of the next {@code period}. */
  private void crashLater(CrashStep step, Duration period) {
    ProcessScheduler running = process;
    world
        .time()
        .schedule(
            part(period),
            () -> {
              if (process == running && process != null) {
                crashStep = step;
                crash();
              }
            });
  }

  /** The device is gone without a word, and starts again later. Always true. */
  boolean crash() {
    faults.crashed(crashStep);
    EdgeAgent crashed = agent;
    ProcessScheduler dying = process;
    agent = null;
    process = null;
    world.network().kill(id.value());
    if (crashed != null && dying != null) {
      // Runs before the process is dead, and gives the native memory back.
      crashed.abort();
      world.time().schedule(Duration.ofNanos(1), dying::kill);
    }
    DeviceSettings.Drops drops = settings.drops();
    Duration spread = drops.maximumAway().minus(drops.minimumAway());
    world.time().schedule(drops.minimumAway().plus(part(spread)), this::start);
    return true;
  }

  private void leave(DeviceSettings.Absence absence) {
    Duration away = exponential(absence.meanOffline());
    // A device that is off, or has not got through yet, has no network to lose.
    if (isConnected()) {
      faults.wentOffline();
      world.network().isolate(id.value(), away);
    }
    world.time().schedule(away.plus(exponential(absence.meanOnline())), () -> leave(absence));
  }

  private Duration part(Duration whole) {
    return Duration.ofNanos((long) (random.nextDouble() * (double) whole.toNanos()));
  }

  private Duration exponential(Duration mean) {
    double factor = -StrictMath.log(1 - random.nextDouble());
    return Duration.ofNanos((long) (factor * (double) mean.toNanos()));
  }
}
