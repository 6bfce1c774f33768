package io.covey.simulator.fleet;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** How often the simulation itself made something fail. Belongs to one thread. */
final class FaultCounts {
  private final Map<CrashStep, Integer> crashes = new EnumMap<>(CrashStep.class);
  private int absences;
  private int coordinatorRestarts;
  private int brokerCrashes;
  private LongSupplier forgeries = () -> 0;

  void crashed(CrashStep step) {
    crashes.merge(step, 1, Integer::sum);
  }

  void wentOffline() {
    absences++;
  }

  void coordinatorRestarted() {
    coordinatorRestarts++;
  }

  void brokerCrashed() {
    brokerCrashes++;
  }

  /** Where forged messages are counted. */
  void countForgeries(LongSupplier made) {
    forgeries = made;
  }

  /** By name, in alphabetical order. */
  Map<String, Long> toMap() {
    Map<String, Long> counts = new TreeMap<>();
    for (CrashStep step : CrashStep.values()) {
      if (step != CrashStep.NONE) {
        counts.put("crash" + step.title(), (long) crashes.getOrDefault(step, 0));
      }
    }
    counts.put("networkAbsences", (long) absences);
    counts.put("forgedMessages", forgeries.getAsLong());
    counts.put("brokerCrashes", (long) brokerCrashes);
    counts.put("coordinatorRestarts", (long) coordinatorRestarts);
    return counts;
  }
}
