package io.covey.benchmarks.secagg;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up what measured sessions have cost. */
final class Costs {
  private static final double NANOS_PER_MILLI = 1e6;

  private final int rounds;
  private final Map<ParticipantStep, Long> participantNanos = new EnumMap<>(ParticipantStep.class);
  private final Map<CoordinatorStep, Long> coordinatorNanos = new EnumMap<>(CoordinatorStep.class);
  private int participants;
  private long othersNanos;
  private long uploadBytes;
  private long downloadBytes;
  private boolean exact = true;

  Costs(int rounds) {
    this.rounds = rounds;
  }

  /** Takes in a session whose sum is open, and checks the sum. */
  void add(BenchSession session, List<Integer> included, InputVectors inputs) {
    exact &= session.sum().isSumOf(included, inputs);
    for (BenchParticipant participant : session.participants().finished()) {
      participants++;
      uploadBytes += participant.traffic().uploadBytes();
      downloadBytes += participant.traffic().downloadBytes();
      participant
          .meter()
          .nanosByStep()
          .forEach((step, nanos) -> participantNanos.merge(step, nanos, Long::sum));
    }
    session
        .meter()
        .nanosByStep()
        .forEach((step, nanos) -> coordinatorNanos.merge(step, nanos, Long::sum));
  }

  /** Takes in CPU time that other threads of the process took meanwhile. */
  void addOthers(long nanos) {
    othersNanos += nanos;
  }

  SecAggResult result(SecAggCase bench, long peakHeapBytes, long seed, int warmUpRounds) {
    return new SecAggResult(
        bench,
        new SecAggResult.Run(rounds, warmUpRounds, seed, othersNanos / NANOS_PER_MILLI / rounds),
        millis(participantNanos, participants),
        millis(coordinatorNanos, rounds),
        new SecAggResult.Bytes(
            (double) uploadBytes / participants,
            (double) downloadBytes / participants,
            peakHeapBytes),
        exact);
  }

  private static <S extends Enum<S> & CostStep> Map<String, Double> millis(
      Map<S, Long> nanos, int times) {
    Map<String, Double> millis = new LinkedHashMap<>();
    nanos.forEach((step, sum) -> millis.put(step.label(), sum / NANOS_PER_MILLI / times));
    return millis;
  }
}
