package io.covey.simulator.report;

import io.covey.coordinator.round.RoundRecord;
import io.covey.protocols.transport.NetworkCounters;
import io.covey.simulator.network.WireTap;
import io.covey.simulator.scenario.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came of a simulation. Holds nothing that depends on the machine's clock.
 *
 * @param outcome how it ended
 * @param rounds in their order, those that failed too
 * @param accuracyBefore 0 to 1, of the model as registered, on the held-out digits
 * @param start of virtual time
 * @param virtualTime how much of it passed
 * @param agentsServingNewest that served the last version at the end
 * @param faults that the scenario asked for, by kind
 * @param invariantChecks how often each invariant was checked, and held
 */
public record SimulationReport(
    Scenario scenario,
    Outcome outcome,
    List<RoundRecord> rounds,
    double accuracyBefore,
    Instant start,
    Duration virtualTime,
    int agentsServingNewest,
    NetworkCounters network,
    WireTap.Findings wire,
    SortedMap<String, Long> faults,
    SortedMap<String, Long> invariantChecks) {

  /** How a simulation ended. */
  public enum Outcome {
    /** All rounds committed. */
    COMPLETED,
    /** The coordinator gave the training up after too many failed rounds in a row. */
    STOPPED,
    /** The scenario's limit of virtual time was reached. */
    LIMIT_REACHED
  }

  public SimulationReport {
    rounds = List.copyOf(rounds);
    faults = new TreeMap<>(faults);
    invariantChecks = new TreeMap<>(invariantChecks);
  }

  /** A copy of the faults by kind. */
  @Override
  public SortedMap<String, Long> faults() {
    return new TreeMap<>(faults);
  }

  /** A copy of the checks by invariant. */
  @Override
  public SortedMap<String, Long> invariantChecks() {
    return new TreeMap<>(invariantChecks);
  }

  /** How many rounds committed. */
  public int roundsCommitted() {
    return (int) rounds.stream().filter(SimulationReport::isCommitted).count();
  }

  /** 0 to 1, of the last version, on the held-out digits. */
  public double accuracyAfter() {
    return accuracies().stream().reduce((earlier, later) -> later).orElse(accuracyBefore);
  }

  /** On the held-out digits, of each version that a round made, 0 to 1. */
  public List<Double> accuracies() {
    return rounds.stream()
        .flatMap(round -> round.outcome().stream())
        .map(RoundRecord.Outcome::heldOutAccuracy)
        .toList();
  }

  /** One total over all rounds. */
  static int dropped(RoundRecord round) {
    return round.dropped().values().stream().mapToInt(Integer::intValue).sum();
  }

  private static boolean isCommitted(RoundRecord round) {
    return round.state() == RoundRecord.State.COMMITTED;
  }

  /** The order in which a map of the coordinator's is shown: by name, the same on every run. */
  static <K extends Enum<K>> Map<String, Integer> byName(Map<K, Integer> counts) {
    Map<String, Integer> sorted = new TreeMap<>();
    counts.forEach((key, count) -> sorted.put(key.name(), count));
    return sorted;
  }
}
