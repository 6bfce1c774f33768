package io.covey.simulator.fleet;

import io.covey.coordinator.registry.ModelStore;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in every run, whatever fails. Rounds are checked when they change; one device is
 * looked at after every event, each in its turn. Belongs to the thread of the virtual time.
 */
final class Invariants {
  private final ModelName model;
  private final TrainingPlan plan;
  private final List<SimulatedDevice> devices;
  private final ModelStore models;
  private final Map<String, Long> checks = new TreeMap<>();
  private final List<String> violations = new ArrayList<>();
  private final Map<SimulatedDevice, Served> lastServed = new HashMap<>();
  private final SessionInvariants sessions;
  private int newestVersion;
  private int newestRound;
  private @Nullable RoundRecord runningRound;
  private int nextDevice;

  /** What is trained, and how. */
  record Trained(ModelName model, TrainingPlan plan) {}

  /** What a device served when it was looked at, and in which of its runs. */
  private record Served(int start, int version) {}

  /**
   * Before the first event.
   *
   * @param topics of the fleet
   */
  Invariants(Trained trained, List<SimulatedDevice> devices, ModelStore models, Topics topics) {
    this.model = trained.model();
    this.plan = trained.plan();
    this.devices = devices;
    this.models = models;
    this.sessions = new SessionInvariants(topics, this::check);
  }

  /** A message has reached the broker. */
  void published(Publication publication) {
    sessions.published(publication);
  }

  /** The coordinator was killed: a round that ran has no end that anybody hears of. */
  void coordinatorKilled() {
    runningRound = null;
    // It may have stored a version and died before it could tell.
    newestVersion = newestStored();
  }

  /** The model was registered. */
  void registered(VersionRecord first) {
    newestVersion = first.version().number();
  }

  /** The newest version that was heard of. */
  int newestVersion() {
    return newestVersion;
  }

  /** A round changed. */
  void roundChanged(RoundRecord round) {
    check(
        "roundsRunOneAfterTheOther",
        runningRound == null || runningRound.round().equals(round.round()),
        () -> "round %s while %s runs".formatted(round.round(), runningRound));
    check(
        "roundNumbersRise",
        round.number() >= newestRound,
        () -> "round number %d after %d".formatted(round.number(), newestRound));
    newestRound = round.number();
    boolean running = round.state() == RoundRecord.State.RUNNING;
    runningRound = running ? round : null;
    int accounted = round.reported() + dropped(round);
    check(
        "cohortsAddUp",
        round.cohort() <= plan.cohortSize() && accounted <= round.cohort(),
        () -> "round %s accounts for %d".formatted(round, accounted));
    if (round.state() == RoundRecord.State.COMMITTED) {
      committed(round, accounted);
    }
  }

  private void committed(RoundRecord round, int accounted) {
    int version = round.committed().map(ModelVersion::number).orElse(0);
    check(
        "versionsRiseByOne",
        version == newestVersion + 1
            && version == round.base().number() + 1
            && version == newestStored(),
        () -> "version %d after %d from %s".formatted(version, newestVersion, round.base()));
    newestVersion = version;
    check(
        "committedRoundsHaveEnoughReports",
        round.reported() >= plan.minimumReports(),
        () -> "%d reports, minimum %d".formatted(round.reported(), plan.minimumReports()));
    check(
        "nobodyIsForgotten",
        accounted == round.cohort(),
        () -> "%d of a cohort of %d are accounted for".formatted(accounted, round.cohort()));
    int survivors = sessions.survivorsOf(round.round()).orElse(0);
    check(
        "reportsAreThoseWhoseMasksCameOff",
        round.reported() == survivors,
        () -> "%d reports and %d survivors".formatted(round.reported(), survivors));
    Optional<RoundRecord.Outcome> outcome = round.outcome();
    check(
        "modelsStayFinite",
        outcome.isPresent()
            && Double.isFinite(outcome.get().trainingLoss())
            && Double.isFinite(outcome.get().heldOutLoss()),
        () -> "outcome " + outcome);
  }

  /** An event has been handled. */
  void eventHandled() {
    if (devices.isEmpty()) {
      return;
    }
    SimulatedDevice device = devices.get(nextDevice);
    nextDevice = (nextDevice + 1) % devices.size();
    ModelVersion version = device.servedVersions().get(model);
    if (version == null) {
      return;
    }
    // A version is stored before anybody hears of it, and told to this object a little later.
    check(
        "agentsServeVersionsThatExist",
        version.number() <= newestVersion || version.number() <= newestStored(),
        () -> "%s serves version %s of %d".formatted(device.id(), version, newestVersion));
    Served before = lastServed.put(device, new Served(device.starts(), version.number()));
    check(
        "agentsNeverGoBack",
        before == null || before.start() != device.starts() || before.version() <= version.number(),
        () -> "%s served %s and now %s".formatted(device.id(), before, version));
  }

  /** The first violation, if there is one. */
  Optional<String> violation() {
    return violations.stream().findFirst();
  }

  /** How often each invariant was checked, by name. */
  Map<String, Long> checks() {
    return checks;
  }

  /** Counts a check, and keeps a violation. */
  void check(String name, boolean holds, Supplier<String> whatHappened) {
    checks.merge(name, 1L, Long::sum);
    if (!holds) {
      // Kept rather than thrown: this may be called from within the coordinator.
      violations.add(name + " does not hold: " + whatHappened.get());
    }
  }

  private int newestStored() {
    return models.newest(model).map(v -> v.version().number()).orElse(0);
  }

  private static int dropped(RoundRecord round) {
    return round.dropped().values().stream().mapToInt(Integer::intValue).sum();
  }
}
