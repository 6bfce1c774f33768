package io.covey.simulator.fleet;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** How often the simulation itself made something fail. Belongs to one thread. */
final class FaultCounts {
  private final Map<CrashStep, Integer> crashes = new EnumMap<>(CrashStep.class);
  private int absences;
  private int coordinatorRestarts;

  void crashed(CrashStep step) {
    crashes.merge(step, 1, Integer::sum);
  }

  void wentOffline() {
    absences++;
  }

  void coordinatorRestarted() {
    coordinatorRestarts++;
  }

  /** By name, in alphabetical order. */
  Map<String, Long> toMap() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("crashBeforeTraining", count(CrashStep.BEFORE_TRAINING));
    counts.put("crashDuringTraining", count(CrashStep.DURING_TRAINING));
    counts.put("crashBeforeReporting", count(CrashStep.BEFORE_REPORTING));
    counts.put("crashMidUpload", count(CrashStep.MID_UPLOAD));
    counts.put("networkAbsences", (long) absences);
    counts.put("coordinatorRestarts", (long) coordinatorRestarts);
    return counts;
  }

  private long count(CrashStep step) {
    return crashes.getOrDefault(step, 0);
  }
}
